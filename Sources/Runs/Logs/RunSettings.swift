import Schedules
import Support

/// What a run followed: its schedule, its length and its base learning rate, as far as they are known.
public struct RunSettings: Equatable, Sendable {
  /// The schedule.
  public var spec: ScheduleSpec?

  /// T.
  public var steps: Int?

  /// γ, positive.
  public var baseLearningRate: Double?

  /// Settings.
  ///
  /// - Parameters:
  ///   - spec: the schedule; nil where it is not known.
  ///   - steps: T.
  ///   - baseLearningRate: γ.
  public init(spec: ScheduleSpec? = nil, steps: Int? = nil, baseLearningRate: Double? = nil) {
    self.spec = spec
    self.steps = steps
    self.baseLearningRate = baseLearningRate
  }

  /// The settings with those of another in the places that are empty.
  func completed(by other: RunSettings?) -> RunSettings {
    RunSettings(
      spec: spec ?? other?.spec, steps: steps ?? other?.steps,
      baseLearningRate: baseLearningRate ?? other?.baseLearningRate)
  }
}

extension RunSettings {
  /// A number of steps that a trainer wrote down; nil for what is not one.
  static func steps(_ number: Double) -> Int? {
    Int(exactly: number).flatMap { (1...ScheduleSpec.mostSteps).contains($0) ? $0 : nil }
  }

  /// The settings in the `config` of a run of epfml/schedules-and-scaling.
  ///
  /// Its `sqrt` is 1 − √u; a cosine without a final learning rate, or with −1, ends at a tenth of the
  /// peak; a wsd without a cooldown is the constant run that others branch from.
  init(epfmlConfig config: JSONTree?) {
    self.init()
    steps = config?["iterations"]?.number.flatMap { Self.steps($0) }
    baseLearningRate = config?["lr"]?.number.flatMap { (1e-50...1e50).contains($0) ? $0 : nil }
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
