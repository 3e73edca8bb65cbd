import Schedules
import Tuning
import Workloads

/// A search that the command line has described, and the way from it to a report.
struct SearchSetup {
  let workload: any Workload
  let plan: SearchPlan

  /// Whether the best shape's neighbours are tried.
  let isChecked: Bool

  /// Searches, and says what was found.
  ///
  /// - Parameters:
  ///   - projects: whether each family's nearest member to the optimum is wanted.
  ///   - evaluate: runs trials.
  /// - Returns: the report.
  /// - Throws: ``NoAnswer`` where no trial ended with a loss, ``UsageError``, and what `evaluate` throws.
  func report(projects: Bool = false, evaluate: ShapeSearch.Evaluation) throws -> SearchReport {
    let truth = GroundTruth(of: workload)
    if projects, truth == nil {
      throw UsageError(
        "--project: the best learning rates of all are not known for \(workload.identity); take linear or bound, small batches and no weight decay"
      )
    }
    let result = try ShapeSearch(plan, steps: workload.steps, evaluate: evaluate)
    guard let best = result.best else {
      let reason = result.tally.reason.map { "the first failed with: \($0)" }
      throw NoAnswer(
        description:
          "no trial ended with a loss: \(reason ?? "all diverged; give lower base learning rates in --grid")"
      )
    }
    let sweeps =
      isChecked
      ? try CoordinateSweep.sweeps(
        around: best, plan: plan, steps: workload.steps, evaluate: evaluate
      ).sweeps : []
    let projections =
      projects
      ? plan.families.compactMap { FamilyProjection(of: $0, onto: truth?.learningRates ?? []) } : []
    return SearchReport(
      workload: workload, plan: plan, search: result, sweeps: sweeps, truth: truth,
      projections: projections)
  }
}
