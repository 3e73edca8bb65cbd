import FoundationEssentials
import Glibc
import Support

/// The folder of one trial of a training command.
///
/// `schedule.csv` and `command.sh` are inputs; `stdout.log`, `stderr.log`, `result.json` and finally `exit` are
/// outputs. Without `exit` the trial has not started, is running, or was killed.
struct TrialFolder {
  let path: String

  init(of trial: Trial, in state: String) {
    path = Self.parent(in: state) + "/" + Self.name(of: trial)
  }

  static func parent(in state: String) -> String { state + "/trials" }

  /// The folder's name: the 64-bit FNV-1a hash of the trial's key, in hexadecimal.
  static func name(of trial: Trial) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in trial.key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Held by the process that runs the trial.
  var lockFile: String { path + "/lock" }

  private var commandFile: String { path + "/command.sh" }

  private var resultFile: String { path + "/result.json" }

  private var endingFile: String { path + "/exit" }

  /// Whether the trial was ever started, here or elsewhere.
  var wasBegun: Bool { StateFolder.exists(lockFile) }

  var isPrepared: Bool { StateFolder.exists(commandFile) }

  func prepare(_ trial: Trial, template: CommandTemplate, workingFolder: String)
    throws(InputError)
  {
    let scheduleFile = path + "/schedule.csv"
    let command = template.filled { place in
      switch place {
      case .baseLearningRate: "\(trial.baseLearningRate)"
      case .scheduleFile: scheduleFile
      case .trialFolder: path
      case .seed: "\(trial.seed)"
      }
    }
    let script = """
      # \(trial.shape), base learning rate \(trial.baseLearningRate), seed \(trial.seed)
      cd \(shellQuoted(workingFolder)) || exit 1
      \(command)

      """
    if StateFolder.read(commandFile).map({ $0 == Array(script.utf8) }) == true { return }
    try StateFolder.make(path)
    try clear()
    var schedule = "step,multiplier,lr\n"
    for (index, multiplier) in trial.schedule.multipliers.enumerated() {
      schedule += "\(index + 1),\(multiplier),\(multiplier * trial.baseLearningRate)\n"
    }
    try StateFolder.write(schedule, to: scheduleFile)
    try StateFolder.write(script, to: commandFile)
  }

  func clear() throws(InputError) {
    for file in [endingFile, resultFile] where unlink(file) != 0 && errno != ENOENT {
      throw StateFolder.failure(file)
    }
  }

  /// Ends a trial without an outcome; the reason is one line.
  func giveUp(_ reason: String) throws(InputError) {
    try StateFolder.write(reason + "\n", to: endingFile)
  }

  var outcome: TrialOutcome? {
    guard let bytes = StateFolder.read(endingFile) else { return nil }
    let ending = String(decoding: bytes.prefix(1000), as: UTF8.self).filter { !$0.isNewline }
    if ending == "0" {
      guard let result = StateFolder.read(resultFile) else {
        return .failed("it ended without a result.json in \(path)")
      }
      return TrialOutcome(result: result)
    }
    let words = ending.split(separator: " ")
    if words.count == 2, words[0] == "timeout" {
      return .failed("it took longer than \(words[1]) s")
    }
    guard let code = Int(ending) else { return .failed(printable(ending, most: 200)) }
    return .failed("exit code \(code)" + (lastErrorLine.map { ": \($0)" } ?? ""))
  }

  /// The last line of the command's standard error, from its last 4096 bytes.
  private var lastErrorLine: String? {
    guard let file = OpenFile(path + "/stderr.log", O_RDONLY | O_NONBLOCK) else { return nil }
    let tail = String(decoding: file.bytes(last: 4096) ?? [], as: UTF8.self)
    let lines = tail.split(whereSeparator: \.isNewline)
    return lines.last { !$0.allSatisfy(\.isWhitespace) }.map { printable(String($0), most: 200) }
  }
}

extension TrialOutcome {
  /// A command's result: `{"loss": 3.21, "status": "ok"}`, or the status diverged or failed with an optional
  /// `reason`.
  private struct Result: Decodable {
    let loss: Double?
    let status: String
    let reason: String?
  }

  /// Decodes a `result.json`.
  ///
  /// A non-finite loss counts as diverged: Python writes NaN as such, which strict JSON rejects.
  fileprivate init(result bytes: [UInt8]) {
    let decoder = JSONDecoder()
    decoder.allowsJSON5 = true
    guard let result = try? decoder.decode(Result.self, from: Data(bytes)) else {
      self = .failed("result.json is malformed; write {\"loss\": 1.5, \"status\": \"ok\"}")
      return
    }
    self =
      switch result.status {
      case "ok": result.loss.map { TrialOutcome($0) } ?? .failed("result.json has no loss")
      case "diverged": .diverged
      case "failed":
        .failed(result.reason.map { printable($0, most: 200) } ?? "the command gave no reason")
      default:
        .failed(
          "result.json has the status '\(printable(result.status))'; write ok, diverged or failed")
      }
  }
}
