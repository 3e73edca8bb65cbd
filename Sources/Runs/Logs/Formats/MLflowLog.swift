import Schedules
import Support

/// Reads a run in MLflow's file store: one file per metric with lines `timestamp value step`, and one per
/// parameter with its value.
enum MLflowLog {
  static func read(
    _ metrics: [(name: String, bytes: [UInt8])], parameters: [(name: String, bytes: [UInt8])],
    path: String
  ) throws(InputError) -> RawLog {
    var log = RawLog(.mlflow, sharesSteps: false)
    for metric in metrics {
      var column = RawLog.Column(name: metric.name)
      var start = 0
      while start < metric.bytes.count {
        let end = metric.bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
        let words = metric.bytes[start..<(end ?? metric.bytes.count)].split(
          separator: UInt8(ascii: " "))
        start = (end ?? metric.bytes.count) + 1
        let numbers = words.map { parseNumber(metric.bytes, $0.indices) }
        if end == nil {
          // MLflow terminates every line.
          log.repairs.note(.unfinishedRecords, 1)
        } else if words.isEmpty {
          continue
        } else if numbers.count >= 2, let value = numbers[1] {
          // The oldest versions write no step.
          let step = numbers.count > 2 ? numbers[2] ?? .nan : Double(column.steps.count + 1)
          column.append(step: step, value: value)
        } else {
          log.repairs.note(.unreadableLines, 1)
        }
      }
      log.columns.append(column)
    }
    let values = parameters.map { parameter in
      let line = parameter.bytes.prefix { $0 != UInt8(ascii: "\n") }
      return (parameter.name, ParameterValue.text(trimmed(String(decoding: line, as: UTF8.self))))
    }
    log.take(configuration: .object(Dictionary(values) { $1 }))
    try log.requireRecords(
      path, "it holds no metrics", hint: "give the folder of a run with metrics")
    return log
  }
}
