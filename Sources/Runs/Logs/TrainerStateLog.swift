import Support

/// Reads `trainer_state.json` of Hugging Face's Trainer: the records of its `log_history`.
///
/// `loss` is the mean since the record before, `grad_norm` that of the last step before clipping. The
/// closing record's `train_loss` is the mean over the whole run and no loss at its step.
enum TrainerStateLog {
  static func read(_ bytes: [UInt8], path: String, options: LogOptions) throws(InputError) -> RawLog
  {
    let (document, mends) = try JSONLog.tree(bytes, path: path)
    guard let history = document["log_history"]?.elements, !history.isEmpty else {
      throw InputError(
        path: path, problem: "it holds no log_history",
        hint: "give the trainer_state.json of a run that logged")
    }
    let wholeRun = "train_loss"
    var records = LogRecords()
    for case .object(let members) in history {
      let isWanted = { (name: String) in
        name != wholeRun || options.columns.values.contains(wholeRun)
      }
      for member in members where isWanted(member.name) {
        records.add(member.value, to: member.name)
      }
      records.endRecord()
    }
    let choice = try LogColumns(path: path, options: options).choose(
      among: records.columns.map(\.name), isStepNamed: true)
    var log = records.raw(format: .trainerState, choice: choice, mends: mends)
    log.settings = RunSettings(
      steps: document["max_steps"]?.number.flatMap { RunSettings.steps($0) })
    return log
  }
}
