/// A schedule of levels, lines and whole half-waves as the stages of OLMo-core's ComposableScheduler.
struct OLMoStages {
  private(set) var stages: [ParameterValue] = []

  /// OLMo-core's clock shows 1 at the first step, so that a stage of one step comes before the rest.
  init(of phases: [SchedulePhase], in schedule: Schedule) throws(ExportError) {
    append(steps: 1, from: schedule.first, to: schedule.first, shape: "linear")
    for phase in phases {
      let count = phase.steps.count
      switch phase.law {
      case .level(let level): append(steps: count, from: level, to: level, shape: "linear")
      case .ramp(let ramp, atLeast: 0) where ramp.shape == .linear:
        append(
          steps: count, from: ramp.value(at: 0), to: ramp.value(at: Double(count)), shape: "linear")
      case .ramp(let ramp, atLeast: 0)
      where ramp.shape == .cosine(power: 1) && ramp.origin == 0 && ramp.width == Double(count):
        append(steps: count, from: ramp.start, to: ramp.end, shape: "cosine")
      default:
        throw ExportError(
          .olmoCore,
          problem:
            "its stages are lines and cosines, and steps \(phase.steps.lowerBound + 1) to \(phase.steps.upperBound) are neither"
        )
      }
    }
  }

  private mutating func append(steps: Int, from start: Double, to end: Double, shape: String) {
    stages.append(
      .object([
        "duration": .number(Double(steps)), "shape": .text(shape),
        "start_lr_fraction": .number(start), "end_lr_fraction": .number(end),
      ]))
  }
}
