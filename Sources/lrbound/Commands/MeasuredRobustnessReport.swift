import Charts
import Glibc
import Runs
import Schedules
import Search
import Support
import Tuning

/// What `lrbound robustness --workload` says: training on grids that are ever coarser.
struct MeasuredRobustnessReport {
  private let workload: LogisticRegression
  private let factors: [Double]
  private let measured: [(run: TrainingRun, robustness: MeasuredRobustness)]

  /// Trains every schedule over a grid of fourth roots of two.
  init(
    _ runs: [TrainingRun], on name: BuiltInWorkload, factors: [Double], seeds: Int,
    isUnbounded: Bool,
    runner: (any Workload) throws -> TrialRunner
  ) throws {
    guard let steps = runs.first?.steps, runs.allSatisfy({ $0.steps == steps }) else {
      throw UsageError("SPEC: the schedules have different lengths; give one --steps")
    }
    guard let free = try name.workload(steps: steps) as? LogisticRegression,
      let least = free.leastLoss, let bounded = free.inSmallestBall
    else {
      throw UsageError(
        "--workload '\(name.rawValue)': robustness is measured on logistic or logistic-synthetic")
    }
    let workload = isUnbounded ? free : bounded
    let trialRunner = try runner(workload)
    let rates = (-40...56).map { exp2(Double($0) / 4) }
    let line = ProgressLine(isWanted: true)
    var measured: [(run: TrainingRun, robustness: MeasuredRobustness)] = []
    for run in runs {
      let robustness = try MeasuredRobustness(
        run, on: workload, leastLoss: least, rates: rates, seeds: seeds
      ) { trials in
        try trialRunner.outcomes(of: trials) { done, _ in
          line.show("\(run.name): \(grouped(done)) of \(grouped(trials.count)) trials")
        }
      }
      measured.append((run, robustness))
    }
    line.end()
    self.workload = workload
    self.factors = factors
    self.measured = measured
  }

  /// What was measured, and the bound beside it.
  var chart: Chart {
    let ratios = measured.flatMap { run, robustness in
      [
        (name: run.name, ratios: factors.map { robustness.ratio(at: $0) ?? .nan }),
        (name: "\(run.name), bound", ratios: factors.map { robustness.bound.ratio(at: $0) }),
      ]
    }
    return RobustnessChart(ratios, factors: factors, label: "cost relative to that at γ*").chart
  }

  var report: Report {
    var rows = [["schedule", "best γ", "ρ", "loss", "ratio", "bound", "grid of ρ: mean", "worst"]]
    var csv = [["spec", "rho", "excess", "ratio", "bound_ratio", "grid_mean", "grid_worst"]]
    var json: [JSONValue] = []
    for (run, robustness) in measured {
      for factor in factors {
        let ratio = robustness.ratio(at: factor)
        let cost = robustness.costOfTuning(gridRatio: factor)
        let bound = robustness.bound.ratio(at: factor)
        func cell(_ value: Double?) -> String { value.map { significant($0, 4) } ?? "-" }
        rows.append([
          run.name, significant(robustness.bestBaseLearningRate, 3), significant(factor),
          cell(ratio.map { $0 * robustness.bestExcess }), cell(ratio), significant(bound, 4),
          cell(cost?.mean), cell(cost?.worst),
        ])
        csv.append([
          run.name, "\(factor)", ratio.map { "\($0 * robustness.bestExcess)" } ?? "",
          ratio.map { "\($0)" } ?? "", "\(bound)",
          cost.map { "\($0.mean)" } ?? "", cost.map { "\($0.worst)" } ?? "",
        ])
        var members: [String: JSONValue] = [
          "spec": .string(run.name), "rho": .number(factor), "bound_ratio": .number(bound),
        ]
        members["excess"] = .optional(ratio.map { $0 * robustness.bestExcess })
        members["ratio"] = .optional(ratio)
        members["grid_mean"] = .optional(cost?.mean)
        members["grid_worst"] = .optional(cost?.worst)
        json.append(.object(members))
      }
    }
    let exponents = measured.map { run, robustness -> JSONValue in
      var members: [String: JSONValue] = [
        "spec": .string(run.name),
        "base_lr": .number(robustness.bestBaseLearningRate),
      ]
      members["exponent"] = .optional(robustness.exponent)
      members["bound_exponent"] = .optional(robustness.bound.exponent)
      return .object(members)
    }
    let lines = measured.map { run, robustness in
      [
        run.name, "exponent \(robustness.exponent.map { significant($0, 3) } ?? "-")",
        "bound \(robustness.bound.exponent.map { significant($0, 3) } ?? "-")",
      ]
    }
    return Report(
      command: "robustness",
      text: [
        workload.identity, "",
        "  loss: above the least of all weights, at γ = ρ times the best; ratio: to that at the best γ",
        "  grid of ρ: the best point of a grid of that ratio, relative to the best γ", "",
      ] + columns(rows) + [""] + columns(lines),
      json: [
        "workload": .string(workload.identity), "rows": .array(json),
        "exponents": .array(exponents),
      ], csv: csv, diagnostics: diagnostics,
      assumptions: [
        "medians over seeds; the loss is that of the last iterate on all points",
        "the bound is for the worst convex function of a bounded domain; a smooth one can be more sensitive, relative to a best that is lower",
      ])
  }

  private var diagnostics: [Diagnostic] {
    measured.filter { !$0.robustness.isInside }.map { run, _ in
      Diagnostic(
        code: "grid-edge",
        message: "the best base learning rate of \(run.name) lies at the edge of the grid")
    }
  }
}
