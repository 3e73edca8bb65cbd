import Runs
import Schedules
import TheoryModel

extension TransferAnswer {
  /// What the solvable model says about this transfer.
  ///
  /// - Parameter tasks: the tasks to ask.
  /// - Returns: the schedules of both ends, tuned on every task; an absolute floor is a part of the peak
  ///   that its end has by this answer.
  /// - Throws: `ScheduleError`.
  /// - Complexity: some milliseconds a task, at any number of steps.
  public func crossCheck(tasks: [CrossCheckTask] = CrossCheckTask.standard)
    throws(ScheduleError) -> CrossCheck
  {
    try CrossCheck(
      from: from.run.schedule(baseLearningRate: from.baseLearningRate),
      to: to.run.schedule(baseLearningRate: to.baseLearningRate), tasks: tasks)
  }
}
