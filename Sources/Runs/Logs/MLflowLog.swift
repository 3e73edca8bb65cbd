import Support

/// Reads a run of MLflow's file store: one file a metric, its path below `metrics` being the metric's
/// name, with lines `timestamp value step` in the order in which they were logged.
enum MLflowLog {
  /// The log of a run.
  ///
  /// - Parameters:
  ///   - metrics: the names and contents of the files.
  ///   - path: the folder, for messages.
  ///   - options: the columns.
  /// - Returns: the records.
  /// - Throws: `InputError` for missing columns, and where there are no metrics.
  static func read(_ metrics: [(name: String, bytes: [UInt8])], path: String, options: LogOptions)
    throws(InputError) -> RawLog
  {
    var mends = LogMends()
    var series: [(name: String, points: LogPoints)] = []
    for metric in metrics {
      var points = LogPoints()
      var start = 0
      while start < metric.bytes.count {
        let end = metric.bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
        let words = metric.bytes[start..<(end ?? metric.bytes.count)].split(
          separator: UInt8(ascii: " "))
        start = (end ?? metric.bytes.count) + 1
        let numbers = words.map { parseNumber(metric.bytes, $0.indices) }
        if end == nil {
          // MLflow ends every line.
          mends.note(.unfinishedRecords, 1)
        } else if words.isEmpty {
          continue
        } else if numbers.count >= 2, let value = numbers[1] {
          // The oldest versions wrote no step.
          let step = numbers.count > 2 ? numbers[2] ?? .nan : Double(points.steps.count + 1)
          points.append(step: step, value: value)
        } else {
          mends.note(.unreadableLines, 1)
        }
      }
      series.append((metric.name, points))
    }
    guard !series.isEmpty else {
      throw InputError(
        path: path, problem: "it holds no metrics", hint: "give the folder of a run that logged")
    }
    return try RawLog(format: .mlflow, series: series, path: path, options: options, mends: mends)
  }
}
