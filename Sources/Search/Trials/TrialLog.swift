import FoundationEssentials
import Glibc
import Schedules
import Support
import Synchronization

/// The finished trials of a search, one JSON object a line in a file, so that a search that is killed goes
/// on where it was.
///
/// A line is written at once when its trial ends: what is lost is at most what was running. A last line
/// that was only half written is cut off. Failed trials are written too, but run again. The folder holds
/// `trials.jsonl` and `lock`, which the process that searches holds locked; the system frees the lock when
/// the process ends, however it ends.
public final class TrialLog: Sendable {
  private let path: String
  private let lock: Int32
  private let file: Int32
  private let known: [Key: TrialOutcome]
  private let writing = Mutex(())

  private struct Key: Hashable {
    let shape: String
    let baseLearningRate: Double
    let seed: Int
  }

  /// The first line.
  private struct Header: Codable {
    let workload: String
  }

  private struct Line: Codable {
    let shape: String
    let baseLearningRate: Double
    let seed: Int
    let status: String
    let loss: Double?
    let reason: String?

    enum CodingKeys: String, CodingKey {
      case shape
      case baseLearningRate = "base_lr"
      case seed
      case status
      case loss
      case reason
    }
  }

  /// How many outcomes the log held when it was opened, without failed trials.
  public var count: Int { known.count }

  /// Opens the log of a folder, or begins one.
  ///
  /// - Parameters:
  ///   - folder: the state folder; made if there is none, its parent not.
  ///   - identity: that of the workload, which must be that of the trials in the log.
  /// - Throws: ``TrialLogError``.
  /// - Complexity: O(size).
  public init(folder: String, identity: String) throws(TrialLogError) {
    path = folder + "/trials.jsonl"
    if mkdir(folder, 0o777) != 0, errno != EEXIST {
      throw TrialLogError(path: folder, problem: Self.systemMessage, hint: Self.folderRemedy)
    }
    lock = try Self.open(folder + "/lock")
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      let isHeld = errno == EWOULDBLOCK
      let message = Self.systemMessage
      close(lock)
      throw TrialLogError(
        path: folder, problem: isHeld ? "another search is running on this folder" : message,
        hint: isHeld ? "wait for it, or give another folder" : Self.folderRemedy)
    }
    do throws(TrialLogError) {
      file = try Self.open(path)
    } catch {
      close(lock)
      throw error
    }
    do throws(TrialLogError) {
      known = try Self.load(file, path: path, identity: identity)
    } catch {
      close(file)
      close(lock)
      throw error
    }
  }

  deinit {
    close(file)
    close(lock)
  }

  /// What came of a trial, if it has ended before.
  ///
  /// - Parameter trial: the trial.
  /// - Returns: its outcome; nil where there is none, or it failed.
  /// - Complexity: O(1).
  public func outcome(of trial: Trial) -> TrialOutcome? {
    known.isEmpty
      ? nil
      : known[
        Key(shape: trial.shape, baseLearningRate: trial.baseLearningRate, seed: trial.seed)]
  }

  /// Writes the outcome of a trial.
  ///
  /// - Parameters:
  ///   - outcome: its outcome.
  ///   - trial: the trial.
  /// - Throws: ``TrialLogError``.
  /// - Complexity: O(1).
  public func append(_ outcome: TrialOutcome, of trial: Trial) throws(TrialLogError) {
    let (status, loss, reason): (String, Double?, String?) =
      switch outcome {
      case .loss(let loss): ("ok", loss, nil)
      case .diverged: ("diverged", nil, nil)
      case .failed(let reason): ("failed", nil, reason)
      }
    let line = Line(
      shape: trial.shape, baseLearningRate: trial.baseLearningRate, seed: trial.seed,
      status: status, loss: loss, reason: reason)
    let bytes = try Self.line(line, path: path)
    let failure: TrialLogError? = writing.withLock { _ in
      do throws(TrialLogError) {
        try Self.write(bytes, to: file, path: path)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  // MARK: - Files

  private static let folderRemedy = "give a folder that can be written"

  private static var systemMessage: String { String(cString: strerror(errno)) }

  private static func open(_ path: String) throws(TrialLogError) -> Int32 {
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw TrialLogError(path: path, problem: systemMessage, hint: folderRemedy)
    }
    return descriptor
  }

  private static func line(_ value: some Encodable, path: String) throws(TrialLogError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else {
      throw TrialLogError(
        path: path, problem: "an outcome cannot be written as JSON", hint: "report this")
    }
    return Array(data) + [UInt8(ascii: "\n")]
  }

  private static func write(_ bytes: [UInt8], to file: Int32, path: String) throws(TrialLogError) {
    var start = 0
    while start < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        buffer.baseAddress.map { Glibc.write(file, $0 + start, buffer.count - start) } ?? 0
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw TrialLogError(
          path: path, problem: systemMessage, hint: "free space; the same command then goes on")
      }
      start += count
    }
  }

  /// The outcomes in the file, whose half-written last line is cut off; begins an empty file.
  private static func load(_ file: Int32, path: String, identity: String)
    throws(TrialLogError) -> [Key: TrialOutcome]
  {
    var bytes = try contents(of: file, path: path)
    let whole = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    if whole < bytes.count {
      guard ftruncate(file, whole) == 0 else {
        throw TrialLogError(path: path, problem: systemMessage, hint: folderRemedy)
      }
      bytes.removeLast(bytes.count - whole)
    }
    if bytes.isEmpty {
      try write(try line(Header(workload: identity), path: path), to: file, path: path)
      return [:]
    }
    var known: [Key: TrialOutcome] = [:]
    let decoder = JSONDecoder()
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
      if index == 0 {
        try check((try? decoder.decode(Header.self, from: Data(line)))?.workload, identity, path)
        continue
      }
      guard let read = try? decoder.decode(Line.self, from: Data(line)),
        let outcome = outcome(of: read)
      else {
        throw TrialLogError(
          path: path, line: index + 1, problem: "it is not the line of a trial",
          hint: "delete the line, or give another folder")
      }
      let key = Key(shape: read.shape, baseLearningRate: read.baseLearningRate, seed: read.seed)
      if case .failed = outcome { continue }
      known[key] = outcome
    }
    return known
  }

  private static func check(_ found: String?, _ identity: String, _ path: String)
    throws(TrialLogError)
  {
    guard let found else {
      throw TrialLogError(
        path: path, line: 1, problem: "it does not begin like a log of trials",
        hint: "give another folder")
    }
    guard found == identity else {
      throw TrialLogError(
        path: path,
        problem: "it holds trials of '\(printable(found, most: 200))', not of '\(identity)'",
        hint: "give another folder, or the options that it was begun with")
    }
  }

  private static func outcome(of line: Line) -> TrialOutcome? {
    switch line.status {
    case "ok": return line.loss.flatMap { $0.isFinite ? .loss($0) : nil }
    case "diverged": return .diverged
    case "failed": return .failed(line.reason ?? "")
    default: return nil
    }
  }

  private static func contents(of file: Int32, path: String) throws(TrialLogError) -> [UInt8] {
    var status = stat()
    guard fstat(file, &status) == 0 else {
      throw TrialLogError(path: path, problem: systemMessage, hint: folderRemedy)
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var filled = 0
    while filled < bytes.count {
      let room = bytes.count - filled
      let count = bytes.withUnsafeMutableBytes { buffer in
        buffer.baseAddress.map { pread(file, $0 + filled, room, off_t(filled)) } ?? 0
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw TrialLogError(path: path, problem: systemMessage, hint: folderRemedy)
      }
      if count == 0 { break }
      filled += count
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }
}

/// An error in the saved state of a search: which file, what is wrong, and a suggested fix.
public struct TrialLogError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file or folder.
  public let path: String

  /// The 1-based line at fault, where there is one.
  public let line: Int?

  /// What is wrong.
  public let problem: String

  /// What to do about it.
  public let hint: String

  init(path: String, line: Int? = nil, problem: String, hint: String) {
    self.path = path
    self.line = line
    self.problem = problem
    self.hint = hint
  }

  /// The error as one line.
  public var description: String {
    let place = line.map { ", line \($0)" } ?? ""
    return "\(printable(path, most: 1000))\(place): \(problem); \(hint)"
  }
}
