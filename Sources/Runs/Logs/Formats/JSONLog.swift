import Support

/// Reads JSON logs: objects per line, an array of objects, an object of arrays, `trainer_state.json`.
enum JSONLog {
  static func readLines(_ bytes: [UInt8], path: String) throws(InputError) -> RawLog {
    var log = RawLog(.jsonLines)
    var start = 0
    var line = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      defer { start = end + 1 }
      line += 1
      guard let first = bytes[start..<end].firstIndex(where: { $0 > 0x20 }) else { continue }
      var reader = JSONReader(bytes, range: first..<end)
      if case .object(let members) = reader.value(), !reader.isCutShort, reader.isAtEnd {
        log.take(configurationsIn: members)
        log.addRecord(members)
      } else if reader.repeatedName != nil {
        throw reader.failure(path: path, line: line)
      } else {
        log.repairs.note(end == bytes.count ? .unfinishedRecords : .unreadableLines, 1)
      }
    }
    try log.requireRecords(path, "no line is a JSON object", hint: "give one object per line")
    return log
  }

  static func readDocument(_ bytes: [UInt8], path: String, unnamed: LogQuantity?)
    throws(InputError) -> RawLog
  {
    var log = RawLog(.json)
    switch try document(bytes, path: path, &log) {
    case .array(let rows):
      for case .object(let members) in rows { log.addRecord(members) }
      let isPlain = log.count == 0 && rows.allSatisfy { $0.number != nil || $0.isNull }
      if let unnamed, isPlain {
        for row in rows { log.addRecord([(unnamed.rawValue, row)]) }
      }
    case .object(let members):
      log.take(configurationsIn: members)
      let columns = members.compactMap { member in
        member.value.elements.map { (name: member.name, values: $0) }
      }
      for index in 0..<(columns.map(\.values.count).max() ?? 0) {
        for column in columns where index < column.values.count {
          log.add(column.values[index], to: column.name)
        }
        log.endRecord()
      }
    default: break
    }
    try log.requireRecords(
      path, "it holds no records", hint: "give an array of objects, or an object of arrays")
    return log
  }

  /// The mean loss over the whole run in the Trainer's closing record; it is not the loss at that step.
  static let wholeRunLoss = "train_loss"

  /// Reads the `log_history` of Hugging Face's Trainer.
  ///
  /// `loss` is the mean since the previous record, `grad_norm` the last step's norm before clipping;
  /// ``wholeRunLoss`` is read only on request.
  static func readTrainerState(_ bytes: [UInt8], path: String, takesWholeRun: Bool)
    throws(InputError) -> RawLog
  {
    var log = RawLog(.trainerState)
    let document = try document(bytes, path: path, &log)
    guard let history = document["log_history"]?.elements, !history.isEmpty else {
      throw InputError(
        path: path, problem: "it holds no log_history",
        hint: "give the trainer_state.json of a run that logged")
    }
    for case .object(let members) in history {
      log.addRecord(members.filter { takesWholeRun || $0.name != wholeRunLoss })
    }
    log.settings = RunSettings(
      steps: document["max_steps"]?.number.flatMap { RunSettings.steps($0) })
    return log
  }

  /// Reads as much of a document as is valid; throws `InputError` for errors other than truncation.
  static func document(_ bytes: [UInt8], path: String, _ log: inout RawLog) throws(InputError)
    -> JSONTree
  {
    let (tree, isCutShort) = try JSONTree.document(bytes, path: path, mayEndEarly: true)
    log.repairs.note(.unfinishedRecords, isCutShort ? 1 : 0)
    return tree
  }
}
