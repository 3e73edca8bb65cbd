import FoundationEssentials
import Glibc
import Support
import Synchronization

/// The log of a search's finished trials, from which a killed search resumes.
///
/// Each trial is appended to `trials.jsonl` as soon as it ends, so at most the running trials are lost. A
/// partial last line is cut off. Failed trials are logged but run again. The searching process locks the file
/// `lock`; the system releases it when the process ends.
public final class TrialLog: Sendable {
  private let path: String
  private let lock: OpenFile
  private let file: OpenFile
  private let known: [String: TrialOutcome]
  private let writing = Mutex(())

  private struct Header: Codable {
    let workload: String
  }

  private struct Line: Codable {
    let shape: String
    let baseLearningRate: Double
    let seed: Int
    let status: String
    var loss: Double?
    var reason: String?

    enum CodingKeys: String, CodingKey {
      case shape
      case baseLearningRate = "base_lr"
      case seed
      case status
      case loss
      case reason
    }

    init(_ outcome: TrialOutcome, of trial: Trial) {
      (shape, baseLearningRate, seed) = (trial.shape, trial.baseLearningRate, trial.seed)
      switch outcome {
      case .loss(let loss): (status, self.loss) = ("ok", loss)
      case .diverged: status = "diverged"
      case .failed(let reason): (status, self.reason) = ("failed", reason)
      }
    }

    var outcome: TrialOutcome? {
      switch status {
      case "ok": loss.flatMap { $0.isFinite ? .loss($0) : nil }
      case "diverged": .diverged
      case "failed": .failed(reason ?? "")
      default: nil
      }
    }
  }

  /// The number of outcomes found on opening, without failed trials.
  public var count: Int { known.count }

  /// Opens the log of a state folder, or creates it, but not its parent.
  ///
  /// Throws `InputError` if the folder cannot be used, another search holds it, or the log is damaged or
  /// belongs to a workload of another identity.
  public init(folder: String, identity: String) throws(InputError) {
    path = folder + "/trials.jsonl"
    try StateFolder.make(folder)
    func opened(_ path: String) throws(InputError) -> OpenFile {
      guard let file = OpenFile(path, O_RDWR | O_CREAT | O_APPEND) else {
        throw StateFolder.failure(path)
      }
      return file
    }
    lock = try opened(folder + "/lock")
    guard flock(lock.descriptor, LOCK_EX | LOCK_NB) == 0 else {
      guard errno == EWOULDBLOCK else { throw StateFolder.failure(folder) }
      throw InputError(
        path: folder, problem: "another search is running on this folder",
        hint: "wait for it, or give another folder")
    }
    file = try opened(path)
    known = try Self.load(file, path: path, identity: identity)
  }

  /// Returns the logged outcome of a trial; nil if it has none or failed.
  public func outcome(of trial: Trial) -> TrialOutcome? {
    known.isEmpty ? nil : known[trial.key]
  }

  /// Appends a trial's outcome; throws `InputError` if it cannot be written.
  public func append(_ outcome: TrialOutcome, of trial: Trial) throws(InputError) {
    let line = Self.text(Line(outcome, of: trial))
    let code = writing.withLock { _ in writeWhole(line, to: file.descriptor) }
    if code != 0 { throw Self.failure(path, code: code) }
  }

  private static func text(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else {
      preconditionFailure("strings and finite numbers are JSON")
    }
    return String(decoding: data, as: UTF8.self) + "\n"
  }

  private static func failure(_ path: String, code: Int32) -> InputError {
    InputError(
      path: path, problem: String(cString: strerror(code)),
      hint: "free some space and repeat the command to continue")
  }

  /// Reads the outcomes, cuts off a partial last line, and starts an empty file.
  private static func load(_ file: OpenFile, path: String, identity: String)
    throws(InputError) -> [String: TrialOutcome]
  {
    guard let bytes = file.bytes() else { throw StateFolder.failure(path) }
    let newline = UInt8(ascii: "\n")
    let whole = bytes.lastIndex(of: newline).map { $0 + 1 } ?? 0
    guard whole == bytes.count || ftruncate(file.descriptor, off_t(whole)) == 0 else {
      throw StateFolder.failure(path)
    }
    var lines = bytes[..<whole].split(separator: newline).enumerated().makeIterator()
    let decoder = JSONDecoder()
    guard let (_, first) = lines.next() else {
      let code = writeWhole(text(Header(workload: identity)), to: file.descriptor)
      guard code == 0 else { throw failure(path, code: code) }
      return [:]
    }
    guard let found = try? decoder.decode(Header.self, from: Data(first)).workload else {
      throw InputError(
        path: path, line: 1, problem: "it is not a log of trials",
        hint: "give another folder")
    }
    guard found == identity else {
      throw InputError(
        path: path,
        problem: "it holds trials of '\(printable(found, most: 200))', not of '\(identity)'",
        hint: "give another folder, or the options it was started with")
    }
    var known: [String: TrialOutcome] = [:]
    while let (index, text) = lines.next() {
      guard let line = try? decoder.decode(Line.self, from: Data(text)), let outcome = line.outcome
      else {
        throw InputError(
          path: path, line: index + 1, problem: "it is not a valid trial",
          hint: "delete the line, or give another folder")
      }
      if outcome.isResult {
        known[Trial.key(line.shape, line.baseLearningRate, line.seed)] = outcome
      }
    }
    return known
  }
}
