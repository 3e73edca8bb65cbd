/// A schedule as trainers describe them: warmup, plateau, one decay, and the floor after it.
struct ScheduleOutline {
  /// The linear rise from the first step on, if any.
  private(set) var warmup: Ramp?
  private(set) var warmupSteps = 0
  private(set) var plateauSteps = 0

  /// The decay from the peak, if any.
  private(set) var decay: Ramp?
  private(set) var decaySteps = 0

  /// Steps on the floor after the decay.
  private(set) var tailSteps = 0

  /// The floor as a part of the peak.
  var floor: Double { decay?.end ?? 1 }

  /// The outline of the phases, or nil where they have another order or no formula.
  init?(of phases: [SchedulePhase]) {
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
      case .ramp(let ramp, let floor):
        guard floor == 0 else { return nil }
        if ramp.start < ramp.end {
          guard phase.steps.lowerBound == 0, ramp.shape == .linear, ramp.end == 1 else {
            return nil
          }
          (warmup, warmupSteps) = (ramp, count)
        } else {
          guard decay == nil, ramp.start == 1 else { return nil }
          (decay, decaySteps) = (ramp, count)
        }
      }
    }
  }

  /// The warmup as W counts it: the step after which the peak is reached.
  var warmupLength: Int { warmup.map { Int($0.width.rounded()) } ?? 0 }

  /// The decay's length as n counts it.
  var decayLength: Int { decay.map { Int($0.width.rounded()) } ?? 0 }

  /// Whether the decay begins right after the warmup and ends with the run.
  var decaysThroughout: Bool { plateauSteps <= 1 && tailSteps == 0 }
}
