/// A schedule as trainers describe them: warmup, plateau, one decay, and the floor after it.
struct ScheduleOutline {
  /// The linear rise from the first step on, if any.
  private(set) var warmup: Ramp?
  private(set) var warmupSteps = 0
  private(set) var plateauSteps = 0

  /// The decay from the peak, if any.
  private(set) var decay: Ramp?

  /// The step, counted from 0, at which the decay's progress is 0.
  private(set) var decayStart = 0

  /// T.
  let steps: Int

  /// Steps on the floor after the decay.
  private(set) var tailSteps = 0

  /// The floor as a fraction of the peak.
  var floor: Double { decay?.end ?? 1 }

  /// The outline of the phases, or nil where they have another order or no formula.
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

  /// The warmup as W counts it: the step after which the peak is reached.
  var warmupLength: Int { warmup.map { Int($0.width.rounded()) } ?? 0 }

  /// The decay's length as n counts it.
  var decayLength: Int { decay.map { Int($0.width.rounded()) } ?? 0 }

  /// The step at which the decay's progress is 1, which may lie beyond the run.
  var horizon: Int {
    switch decay?.curve {
    case nil, .power?, .geometric?: return steps
    default: return decayStart + decayLength
    }
  }

  /// Whether the decay begins right after the warmup, give or take a step.
  var decaysAtOnce: Bool { plateauSteps <= 1 }

  /// Whether it also ends with the run, give or take a step.
  var decaysThroughout: Bool { decaysAtOnce && abs(horizon - steps) <= 1 }
}
