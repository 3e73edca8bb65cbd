import Schedules
import Search
import Tuning

/// A search that the command line has described, and the way from it to a report.
struct SearchSetup {
  let workload: any Workload
  let plan: SearchPlan

  /// Whether the best shape's neighbours are tried.
  let isChecked: Bool

  /// How many trials of the first round that all fail stop a search.
  static let pilotTrials = 4

  /// Searches, and says what was found.
  ///
  /// - Parameters:
  ///   - projects: whether each family's nearest member to the optimum is wanted.
  ///   - evaluate: runs trials.
  /// - Returns: the report.
  /// - Throws: ``NoAnswer`` where no trial ended with a loss, ``UsageError``, and what `evaluate` throws.
  func report(projects: Bool = false, evaluate: ShapeSearch.Evaluation) throws -> SearchReport {
    let truth = KnownOptimum(of: workload)
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

extension NoAnswer {
  /// That a search stops, where the first trials that ended have all failed; nil while some have not.
  init?(done: Int, failed: Int, _ reason: String?) {
    guard done == 0, failed >= SearchSetup.pilotTrials, let reason else { return nil }
    self.init(
      description:
        "the first \(grouped(failed)) trials all failed, the first with: \(reason); correct the command and search again"
    )
  }
}
