import Support

/// Reads the history in the `.wandb` file of an offline run of Weights & Biases.
///
/// Of the protobuf definitions these fields are used: Record {2 history}, HistoryRecord {1 item, 2 step},
/// HistoryItem {1 key, 2 nested_key, 16 value_json}, HistoryStep {1 num}. Older versions write `key`,
/// newer ones `nested_key`.
enum WandbLog {
  static func read(_ bytes: [UInt8], path: String, options: LogOptions) throws(InputError) -> RawLog
  {
    guard WandbFile.hasHeader(bytes) else {
      throw InputError(
        path: path, problem: "it does not begin as a .wandb file does",
        hint: "give the run-….wandb of an offline run")
    }
    let file = WandbFile(bytes)
    var mends = LogMends()
    mends.note(.corruptRecords, file.corrupt)
    mends.note(.unfinishedRecords, file.isCutShort ? 1 : 0)
    var records = LogRecords()
    for record in file.records {
      for case (2, .bytes(let history)) in WireMessage(record.bytes, record.range) {
        add(record.bytes, history, to: &records)
      }
    }
    guard records.count > 0 else {
      throw InputError(
        path: path, problem: "it holds no history", hint: "give a run that logged something")
    }
    let choice = try LogColumns(path: path, options: options).choose(
      among: records.columns.map(\.name), isStepNamed: true)
    return records.raw(format: .wandb, choice: choice, mends: mends)
  }

  private static let stepName = "_step"

  private static func add(_ bytes: [UInt8], _ history: Range<Int>, to records: inout LogRecords) {
    var step: Double?
    for (field, value) in WireMessage(bytes, history) {
      switch (field, value) {
      case (1, .bytes(let item)):
        guard let (name, number) = self.item(bytes, item) else { continue }
        if name == stepName {
          step = number.number
        } else {
          records.add(number, to: name)
        }
      case (2, .bytes(let counter)):
        for case (1, .number(let number)) in WireMessage(bytes, counter) {
          step = step ?? Double(Int64(bitPattern: number))
        }
      default: break
      }
    }
    if let step { records.add(.number(step), to: stepName) }
    records.endRecord()
  }

  private static func item(_ bytes: [UInt8], _ range: Range<Int>) -> (name: String, JSONTree)? {
    var names: [String] = []
    var number: JSONTree?
    for (field, value) in WireMessage(bytes, range) {
      switch (field, value) {
      case (1, .bytes), (2, .bytes):
        if let name = value.text(bytes), !name.isEmpty { names.append(name) }
      case (16, .bytes(let json)):
        var reader = JSONReader(bytes, range: json)
        number = reader.value()
      default: break
      }
    }
    guard let number, !names.isEmpty else { return nil }
    return (names.joined(separator: "."), number)
  }
}
