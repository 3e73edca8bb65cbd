import Support

/// Reads TensorBoard event files: TFRecords of `Event` messages, scalars as `simple_value` or as tensors
/// of one element.
///
/// Of the protobuf definitions these fields are used: Event {2 step, 5 summary, 7 session_log}, Summary
/// {1 value}, Value {1 tag, 2 simple_value, 8 tensor}, SessionLog {1 status, 1 is START}, and what
/// ``ScalarTensor`` says. Values are single precision as a rule: 1e-4 is read as 9.99999975e-05.
enum TensorBoardLog {
  /// Reads the files of one run, in the order in which they were begun.
  static func read(_ files: [[UInt8]], path: String, options: LogOptions) throws(InputError)
    -> RawLog
  {
    var scalars = Scalars()
    var mends = LogMends()
    var unfinished = 0
    for bytes in files {
      let file = RecordFile(bytes)
      mends.note(.corruptRecords, file.corrupt)
      unfinished += file.isCutShort ? 1 : 0
      for record in file.records { scalars.addEvent(bytes, record) }
    }
    mends.note(.unfinishedRecords, unfinished)
    mends.note(.supersededRecords, scalars.superseded)
    guard !scalars.series.isEmpty else {
      throw InputError(
        path: path, problem: "no undamaged record of it holds a scalar",
        hint: "give an event file to which scalars were written")
    }
    return try RawLog(
      format: .tensorBoard, series: scalars.series, path: path, options: options, mends: mends)
  }
}

/// The scalars of event files by tag.
private struct Scalars {
  private(set) var series: [(name: String, points: LogPoints)] = []
  private(set) var superseded = 0
  private var indices: [String: Int] = [:]

  /// Adds what an event holds.
  mutating func addEvent(_ bytes: [UInt8], _ range: Range<Int>) {
    var step = 0.0
    var summaries: [Range<Int>] = []
    var isRestart = false
    for (field, value) in WireMessage(bytes, range) {
      switch (field, value) {
      case (2, .number(let number)): step = Double(Int64(bitPattern: number))
      case (5, .bytes(let summary)): summaries.append(summary)
      case (7, .bytes(let session)):
        isRestart = WireMessage(bytes, session).contains {
          if case (1, .number(1)) = $0 { return true }
          return false
        }
      default: break
      }
    }
    if isRestart { dropRecords(from: step) }
    for summary in summaries {
      for case (1, .bytes(let value)) in WireMessage(bytes, summary) {
        addValue(bytes, value, step: step)
      }
    }
  }

  /// A writer that begins again at a step makes void what it wrote from there on.
  private mutating func dropRecords(from step: Double) {
    for index in series.indices {
      let points = series[index].points
      let kept = points.steps.indices.filter { points.steps[$0] < step }
      superseded += points.steps.count - kept.count
      series[index].points = LogPoints(
        steps: kept.map { points.steps[$0] }, values: kept.map { points.values[$0] })
    }
  }

  private mutating func addValue(_ bytes: [UInt8], _ range: Range<Int>, step: Double) {
    var tag: String?
    var scalar: Double?
    for (field, value) in WireMessage(bytes, range) {
      switch (field, value) {
      case (1, .bytes): tag = value.text(bytes)
      case (2, .fourBytes(let bits)): scalar = Double(Float(bitPattern: bits))
      case (8, .bytes(let tensor)): scalar = ScalarTensor(bytes, tensor)?.value
      default: break
      }
    }
    guard let tag, let scalar else { return }
    let index = indices[tag] ?? series.count
    if index == series.count {
      indices[tag] = index
      series.append((tag, LogPoints()))
    }
    series[index].points.append(step: step, value: scalar)
  }
}
