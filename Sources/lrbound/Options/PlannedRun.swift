import Runs
import Schedules
import Support

/// The schedule, number of steps and base learning rate that runs are said to follow.
struct PlannedRun {
  /// The schedule tied to its steps.
  let run: TrainingRun

  /// The multipliers.
  let schedule: Schedule

  /// γ.
  let baseLearningRate: Double

  /// Reads the options `--schedule`, `--steps` and `--lr`; a file brings its own steps and, where it does
  /// not hold multipliers, its own γ.
  init(schedule text: String, steps: String?, lr: String?) throws {
    let spec = try Arguments.schedule(text, "--schedule")
    run = try spec.run(steps: steps.map { try Arguments.steps($0, "--steps") })
    let given = try lr.map { try Arguments.learningRate($0, "--lr") }
    guard let baseLearningRate = given ?? run.givenBaseLearningRate else {
      throw UsageError("--schedule: the base learning rate is not known; add --lr")
    }
    self.baseLearningRate = baseLearningRate
    schedule = try run.schedule(baseLearningRate: baseLearningRate)
  }
}

extension Arguments {
  /// Which update logged learning rates belong to; nil for `auto`.
  static func timing(_ text: String, _ option: String) throws(UsageError) -> LearningRateTiming? {
    switch text {
    case "auto": return nil
    case "applied": return .applied
    case "next": return .next
    default:
      throw UsageError(
        "\(option) '\(printable(text))': no such moment; give applied, next or auto")
    }
  }
}
