import Support

/// Reads the JSON runs of epfml/schedules-and-scaling: `history` with `train`, `val` and `final-val`,
/// each an object of lists beside its own list `iter`.
///
/// The lists are unsorted and hold iterations twice where a run was resumed. The losses of `val` are of
/// a part of the validation set, about 0.04 nats below those of `final-val` on the whole, so that the two
/// stay apart.
enum EpfmlLog {
  static func read(_ bytes: [UInt8], path: String, options: LogOptions) throws(InputError) -> RawLog
  {
    let (document, mends) = try JSONLog.tree(bytes, path: path)
    guard case .object(let parts) = document["history"] else {
      throw InputError(
        path: path, problem: "it holds no history", hint: "give a run with history.train")
    }
    var series: [(name: String, points: LogPoints)] = []
    for part in parts {
      guard case .object(let lists) = part.value,
        let steps = part.value["iter"]?.elements ?? part.value["step"]?.elements
      else { continue }
      for list in lists where list.name != "iter" && list.name != "step" {
        guard let values = list.value.elements, !values.isEmpty else { continue }
        var points = LogPoints()
        points.unpaired = abs(steps.count - values.count)
        for (step, value) in zip(steps, values) {
          if let value = value.number {
            points.append(step: step.number ?? .nan, value: value)
          } else if case .null = value {
            continue
          } else {
            points.unreadable += 1
          }
        }
        series.append((list.name, points))
      }
    }
    var log = try RawLog(
      format: .epfml, series: series, path: path, options: options, mends: mends)
    log.settings = RunSettings(epfmlConfig: document["config"])
    return log
  }
}
