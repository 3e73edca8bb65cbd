import FoundationEssentials
import Glibc
import Support
import Synchronization

/// The finished trials of a search, one JSON object a line in a file, so that a search that is killed
/// resumes where it was.
///
/// A line is written at once when its trial ends: what is lost is at most what was running. A last line
/// that was only half written is cut off. Failed trials are written too, but run again. The folder holds
/// `trials.jsonl` and `lock`, which the process that searches holds locked; the system frees the lock when
/// the process ends, however it ends.
public final class TrialLog: Sendable {
  private let path: String
  private let lock: OpenFile
  private let file: OpenFile
  private let known: [String: TrialOutcome]
  private let writing = Mutex(())

  /// The first line.
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

    /// Nil where the line cannot be one of a trial.
    var outcome: TrialOutcome? {
      switch status {
      case "ok": loss.flatMap { $0.isFinite ? .loss($0) : nil }
      case "diverged": .diverged
      case "failed": .failed(reason ?? "")
      default: nil
      }
    }
  }

  /// How many outcomes the log held when it was opened, without failed trials.
  public var count: Int { known.count }

  /// Opens the log of a folder, or begins one.
  ///
  /// - Parameters:
  ///   - folder: the state folder; created if needed, but not its parent.
  ///   - identity: that of the workload, which must be that of the trials in the log.
  /// - Throws: `InputError` where the folder cannot be used, another search holds it, or the log is of
  ///   another workload or damaged.
  /// - Complexity: O(size).
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

  /// The outcome of a trial that has ended before; nil where it has not, or failed.
  public func outcome(of trial: Trial) -> TrialOutcome? {
    known.isEmpty ? nil : known[trial.key]
  }

  /// Writes the outcome of a trial.
  ///
  /// - Throws: `InputError` where it cannot be written.
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
      hint: "free space; the same command then goes on")
  }

  /// The outcomes in the file, whose half-written last line is cut off; begins an empty file.
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
        path: path, line: 1, problem: "it does not begin like a log of trials",
        hint: "give another folder")
    }
    guard found == identity else {
      throw InputError(
        path: path,
        problem: "it holds trials of '\(printable(found, most: 200))', not of '\(identity)'",
        hint: "give another folder, or the options that it was begun with")
    }
    var known: [String: TrialOutcome] = [:]
    while let (index, text) = lines.next() {
      guard let line = try? decoder.decode(Line.self, from: Data(text)), let outcome = line.outcome
      else {
        throw InputError(
          path: path, line: index + 1, problem: "it is not the line of a trial",
          hint: "delete the line, or give another folder")
      }
      if outcome.isResult {
        known[Trial.key(line.shape, line.baseLearningRate, line.seed)] = outcome
      }
    }
    return known
  }
}
