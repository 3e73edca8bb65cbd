/// Which update a logged learning rate belongs to, updates being counted from 1.
public enum LearningRateTiming: String, CaseIterable, Sendable {
  /// The record of step t holds the learning rate that update t took.
  case applied

  /// The record of step t holds the learning rate of update t + 1: many trainers step the scheduler and
  /// then log.
  case next

  /// Steps are counted from 0: the record of step t holds the learning rate that update t + 1 took, and
  /// its loss is from that update.
  case appliedFromZero = "applied-from-0"

  /// The 0-based index, in the schedule, of the learning rate that stands at a step.
  func index(at step: Int) -> Int { self == .applied ? step - 1 : step }
}
