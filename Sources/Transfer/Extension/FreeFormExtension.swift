import Bound
import Schedules
import Tuning

extension ExtensionQuestion {
  /// The best schedule that keeps the past, under a cap on the learning rate.
  ///
  /// The past ends where the first of the other plans changes something, so that no continuing plan can
  /// be better; without a stable phase, it ends at the current step.
  func freeForm(
    beside options: [ExtensionOption], progress: (Int, Double) -> Bool
  ) throws -> ExtensionOption.Outcome {
    guard steps <= FreeFormSchedule.mostSteps else {
      return .infeasible(.tooLong(most: FreeFormSchedule.mostSteps))
    }
    let plans = options.compactMap(\.plan).filter { !$0.startsOver }
    let earliest =
      run.reusableSteps == 0
      ? madeSteps ?? run.steps : plans.map(\.branchAtStep).min() ?? run.reusableSteps
    let kept = min(freeFormBranch ?? earliest, run.steps, steps - 1)
    var constraints = FreeFormSchedule.Constraints()
    constraints.prefix = run.schedule.multipliers(in: 0..<kept).map { gamma * $0 }
    constraints.cap = gamma * capFactor
    // Start from a plan that keeps as much, so that the search can only improve on it.
    let best = plans.filter { $0.branchAtStep >= kept }.min { $0.bound < $1.bound }
    let found = try FreeFormSchedule(
      steps: steps, constraints: constraints, gradientNorms: run.gradientNorms,
      distance: run.distance,
      start: best.map { plan in plan.schedule.multipliers.map { gamma * $0 } }, progress: progress)
    guard found.isConverged else { return .infeasible(.notConverged) }
    let schedule: Schedule
    do {
      // Copy the past as multipliers: converting to learning rates and back would round them.
      schedule = try Schedule(
        values: run.schedule.multipliers(in: 0..<kept)
          + found.learningRates[kept...].map { $0 / gamma })
    } catch {
      return .infeasible(.notConverged)
    }
    let peak = schedule.peak * gamma
    return .feasible(
      ExtensionOption.Plan(
        schedule: schedule, baseLearningRate: run.baseLearningRate.map { $0 * schedule.peak },
        gamma: peak, bound: try terms(of: schedule).bound(at: peak, distance: run.distance),
        changeAtStep: firstChange(of: schedule)))
  }

  /// The first step at which the learning rates differ, comparing multipliers if the peaks are equal.
  private func firstChange(of schedule: Schedule) -> Int {
    guard schedule.peak != 1 else { return schedule.firstDifference(from: run.schedule) }
    let shared = min(run.steps, schedule.steps)
    let own = schedule.multipliers(in: 0..<shared)
    let before = run.schedule.multipliers(in: 0..<shared)
    let index = own.indices.first {
      abs(own[$0] * schedule.peak - before[$0]) > 1e-12 * schedule.peak
    }
    return (index ?? shared) + 1
  }
}
