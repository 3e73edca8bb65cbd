import Glibc
import Schedules
import Support

/// The folder of one trial of a training command: its inputs and its result.
///
/// `schedule.csv` and `command.sh` go in; `stdout.log`, `stderr.log`, `result.json` and `exit` come out, the
/// last of them written when all is over. A folder without `exit` has no outcome yet: its trial was not
/// begun, still runs, or was killed.
struct TrialFolder {
  /// The absolute path.
  let path: String

  /// The folder of a trial, named after what the trial is, so that it is found again.
  ///
  /// - Parameters:
  ///   - trial: the trial.
  ///   - state: the absolute path of the search's state folder.
  init(of trial: Trial, in state: String) {
    path = Self.parent(in: state) + "/" + Self.name(of: trial)
  }

  /// The folder of all trials' folders.
  static func parent(in state: String) -> String { state + "/trials" }

  /// 64 bits of FNV-1a over the trial's shape, base learning rate and seed, in hexadecimal.
  static func name(of trial: Trial) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in "\(trial.shape) \(trial.baseLearningRate) \(trial.seed)".utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The last part of the path.
  var name: String { String(path.split(separator: "/").last ?? "") }

  /// The file that a command finds its learning rates in.
  private var scheduleFile: String { path + "/schedule.csv" }

  private var commandFile: String { path + "/command.sh" }

  private var endingFile: String { path + "/exit" }

  /// Whether the trial has been begun, here or elsewhere.
  var wasBegun: Bool { StateFile.exists(path + "/lock") }

  /// Whether the folder has what a trial needs.
  var isPrepared: Bool { StateFile.exists(commandFile) }

  /// Writes what the trial needs, unless it is there.
  ///
  /// - Parameters:
  ///   - trial: the trial.
  ///   - template: the command.
  ///   - workingFolder: where the command is to run.
  /// - Throws: ``TrialLogError``.
  /// - Complexity: O(T).
  func prepare(_ trial: Trial, template: CommandTemplate, workingFolder: String)
    throws(TrialLogError)
  {
    let command = template.filled { place in
      switch place {
      case .baseLearningRate: return "\(trial.baseLearningRate)"
      case .scheduleFile: return scheduleFile
      case .trialFolder: return path
      case .seed: return "\(trial.seed)"
      }
    }
    let script = """
      # \(trial.shape), base learning rate \(trial.baseLearningRate), seed \(trial.seed)
      cd \(shellQuoted(workingFolder)) || exit 1
      \(command)

      """
    if StateFile.read(commandFile).map({ $0 == Array(script.utf8) }) == true { return }
    try StateFile.makeFolder(path)
    try clear()
    try StateFile.write(Self.scheduleText(of: trial), to: scheduleFile)
    try StateFile.write(script, to: commandFile)
  }

  /// Removes the results of an earlier run.
  func clear() throws(TrialLogError) {
    for file in [endingFile, path + "/result.json"] where unlink(file) != 0 && errno != ENOENT {
      throw TrialLogError(
        path: file, problem: StateFile.systemMessage, hint: "give a folder that can be written")
    }
  }

  /// Ends a trial that has no outcome.
  ///
  /// - Parameter reason: why it is given up, in one line.
  /// - Throws: ``TrialLogError`` where the folder cannot be written.
  func giveUp(_ reason: String) throws(TrialLogError) {
    try StateFile.write(reason + "\n", to: endingFile)
  }

  /// What came of the trial; nil where it has not ended.
  ///
  /// - Complexity: O(1).
  var outcome: TrialOutcome? {
    guard let bytes = StateFile.read(endingFile, most: 1000) else { return nil }
    let ending = String(decoding: bytes, as: UTF8.self).filter { !$0.isNewline }
    if ending == "0" {
      guard let result = StateFile.read(path + "/result.json", most: 1 << 20) else {
        return .failed("it ended without a result.json in \(path)")
      }
      return TrialResult.outcome(from: result)
    }
    let parts = ending.split(separator: " ")
    if parts.count == 2, parts[0] == "timeout" {
      return .failed("it took longer than \(parts[1]) s")
    }
    guard let code = Int(ending) else { return .failed(printable(ending, most: 200)) }
    return .failed("exit code \(code)" + (lastErrorLine.map { ": \($0)" } ?? ""))
  }

  /// The last line that the command wrote to its standard error.
  private var lastErrorLine: String? {
    guard let bytes = StateFile.read(path + "/stderr.log", most: 4096, fromEnd: true) else {
      return nil
    }
    let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
    return lines.last { !$0.allSatisfy(\.isWhitespace) }.map { printable(String($0), most: 200) }
  }

  /// One row a step.
  private static func scheduleText(of trial: Trial) -> String {
    var text = "step,multiplier,lr\n"
    for (index, multiplier) in trial.schedule.multipliers.enumerated() {
      text += "\(index + 1),\(multiplier),\(multiplier * trial.baseLearningRate)\n"
    }
    return text
  }
}
