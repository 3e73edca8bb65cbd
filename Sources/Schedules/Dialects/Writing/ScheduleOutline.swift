/// A schedule as trainers describe it: warmup, plateau, one decay and the floor after it.
struct ScheduleOutline {
  private(set) var warmup: Ramp?
  private(set) var warmupSteps = 0
  private(set) var plateauSteps = 0

  private(set) var decay: Ramp?

  /// The 0-based step at which the decay's progress is 0.
  private(set) var decayStart = 0

  let steps: Int

  private(set) var tailSteps = 0

  var floor: Double { decay?.end ?? 1 }

  /// Nil where the phases have another order or no formula.
  init?(of phases: [SchedulePhase]) {
    steps = phases.last?.steps.upperBound ?? 0
    for phase in phases {
      let count = phase.steps.count
      switch phase.law {
      case .values: return nil
      case .level(let level):
        if decay == nil, level == 1 {
          plateauSteps += count
        } else if let decay, level == decay.end {
          tailSteps += count
        } else {
          return nil
        }
      case .ramp(let ramp):
        guard !ramp.isClamped, abs(ramp.origin) <= 1e15, ramp.width <= 1e15 else { return nil }
        if ramp.start < ramp.end {
          guard phase.steps.lowerBound == 0, ramp.curve == .linear, ramp.end == 1 else {
            return nil
          }
          (warmup, warmupSteps) = (ramp, count)
        } else {
          guard decay == nil, ramp.start == 1 else { return nil }
          decay = ramp
          decayStart = max(0, phase.steps.lowerBound + Int(ramp.origin.rounded()))
        }
      }
    }
  }

  /// W, the step after which the peak is reached.
  var warmupLength: Int { warmup.map { Int($0.width.rounded()) } ?? 0 }

  var decayLength: Int { decay.map { Int($0.width.rounded()) } ?? 0 }

  /// The step at which the decay's progress is 1; it may lie beyond the run.
  var horizon: Int {
    switch decay?.curve {
    case nil, .power?, .geometric?: return steps
    default: return decayStart + decayLength
    }
  }

  /// Whether the decay begins within a step after the warmup.
  var decaysAtOnce: Bool { plateauSteps <= 1 }

  /// Whether it also ends within a step of the run's end.
  var decaysThroughout: Bool { decaysAtOnce && abs(horizon - steps) <= 1 }
}
