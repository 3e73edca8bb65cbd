import Schedules
import Support

/// Reads the JSON runs of epfml/schedules-and-scaling.
///
/// Lists are unsorted and repeat iterations after a resume. `val` uses a subset of the validation set;
/// its losses are about 0.04 nats below those of `final-val` on the whole set.
enum EpfmlLog {
  static func read(_ bytes: [UInt8], path: String) throws(InputError) -> RawLog {
    var log = RawLog(.epfml, sharesSteps: false)
    let document = try JSONLog.document(bytes, path: path, &log)
    guard case .object(let parts) = document["history"] else {
      throw InputError(
        path: path, problem: "it holds no history", hint: "give a run with history.train")
    }
    for part in parts {
      guard case .object(let lists) = part.value,
        let steps = part.value["iter"]?.elements ?? part.value["step"]?.elements
      else { continue }
      for list in lists where list.name != "iter" && list.name != "step" {
        guard let values = list.value.elements, !values.isEmpty else { continue }
        var column = RawLog.Column(name: list.name)
        column.unpaired = abs(steps.count - values.count)
        for (step, value) in zip(steps, values) where !value.isNull {
          if let value = value.number {
            column.append(step: step.number ?? .nan, value: value)
          } else {
            column.unreadable += 1
          }
        }
        log.columns.append(column)
      }
    }
    log.settings = RunSettings(epfmlConfig: document["config"])
    if case .object(let members) = document { log.take(configurationsIn: members) }
    return log
  }
}

extension RunSettings {
  /// Reads the settings in a run's `config`.
  ///
  /// Its `sqrt` is 1 − √u; a cosine without a final learning rate, or with −1, ends at a tenth of the
  /// peak; a wsd without a cooldown is the constant run that others branch from.
  init(epfmlConfig config: JSONTree?) {
    self.init()
    steps = config?["iterations"]?.number.flatMap { Self.steps($0) }
    baseLearningRate = config?["lr"]?.number.flatMap { usableMagnitudes.contains($0) ? $0 : nil }
    guard let config, case .string(let scheduler) = config["scheduler"] else { return }
    var text: String
    switch scheduler {
    case "wsd":
      let fraction = config["wsd_fract_decay"]?.number ?? 0
      guard fraction > 0 else {
        text = "constant"
        break
      }
      text = "wsd:cooldown=\(fraction == 1 ? "100%" : decimalText(fraction))"
      if case .string(let decay) = config["decay_type"] {
        guard let name = ["linear": "linear", "sqrt": "1-sqrt", "cosine": "cosine"][decay] else {
          return
        }
        text += ",decay=\(name)"
      }
      if let floor = config["wsd_final_lr_scale"]?.number, floor > 0 {
        text += ",min=\(decimalText(floor))"
      }
    case "cos":
      text = "cosine:"
      let end = config["cos_final_lr"]?.number ?? -1
      text += end < 0 ? "min=0.1" : "min-lr=\(decimalText(end))"
    case "linear": text = "linear"
    case "none": text = "constant"
    default: return
    }
    if let warmup = config["warmup_steps"]?.number, warmup >= 1, warmup == warmup.rounded() {
      text += (text.contains(":") ? "," : ":") + "warmup=\(decimalText(warmup))steps"
    }
    spec = try? ScheduleSpec(text)
  }
}
