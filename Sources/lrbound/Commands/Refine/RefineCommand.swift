import ArgumentParser
import Bound
import Charts
import Runs
import Schedules
import Support
import Tuning

/// `lrbound refine`: a schedule from the gradient norms of a run.
struct RefineCommand: DrawingCommand {
  /// How norms become a schedule.
  enum Method: String, Codable, CaseIterable {
    case refine
    case minimise
  }

  static let reportName = "refine"
  static let configuration = CommandConfiguration(
    commandName: "refine",
    abstract: "A schedule from the gradient norms that an earlier run logged.",
    discussion: """
        lrbound refine log.csv --csv > refined.csv
        lrbound refine log.csv --steps 20000 --method minimise
        lrbound refine adam-l1-norms.csv --norm l1
        lrbound refine log.csv --plot refined.svg

      The log is any that lrbound log reads, or a plain list of norms, one a step. By default (2310.07831) the weights are \
      w = G^-2 of ℓ2 norms, for SGD, after a running median over 10 % of the log; with --norm l1 they \
      are G^-1 of ℓ1 norms, for Adam. Logs hold ℓ2 norms as a rule: refining an Adam run with them is a \
      heuristic. The schedule is γη_t ∝ w_t·Σ w_p over the steps p to come. --method minimise makes the \
      bound itself least at these norms. --csv writes a schedule that @file reads back.
      """)

  @Argument(help: "The log, or - for standard input.", completion: .file())
  var log: String

  @Option(
    "Number of steps, T; the last logged step without it.", "t",
    transform: { text in
      let steps = try Arguments.steps(text)
      guard steps <= GradientNormLog.mostSteps else {
        throw InputError(
          problem: "refine handles up to \(GradientNormLog.mostSteps) steps", hint: "give fewer")
      }
      return steps
    })
  var steps: Int?

  @Option(
    "What the log holds: l2 (SGD; the default) or l1 (Adam).", "norm",
    completion: .list(RefinedSchedule.Norm.allCases.map(\.rawValue)), transform: Arguments.choice)
  var norm: RefinedSchedule.Norm?

  @Option(
    "refine (2310.07831; the default) or minimise (the bound).", "method",
    completion: .list(Method.allCases.map(\.rawValue)),
    transform: { try Arguments.choice($0 == "minimize" ? "minimise" : $0) })
  var method: Method?

  @Flag(help: "Take the norms as they are, without the running median.")
  var noFilter = false

  @OptionGroup var format: LogFormatOptions

  @Option("Column of the gradient norm.", "name")
  var gradNormCol: String?

  @OptionGroup var plot: PlotOptions

  func report() throws -> Report<RefineBody> {
    var options = format.options
    options.columns[.gradientNorm] = gradNormCol
    options.unnamed = .gradientNorm
    let log = try GradientNormLog(of: RunLog(contentsOf: log, options: options))
    let width = noFilter ? 1 : RefinedSchedule.filterWidth(count: log.norms.count)
    let norms = log.perStep(count: steps, filterWidth: width)
    let refinement = try Refinement(
      of: norms, norm: norm ?? .l2, minimisesBound: method == .minimise)
    let body = RefineBody(
      schedule: output.format == .json ? refinement.schedule.multipliers : [],
      steps: norms.count, peakFraction: refinement.peakFraction,
      omegaRatioToLinear: refinement.boundRatioToLinear, norm: norm ?? .l2,
      method: method ?? .refine,
      filterWidth: width,
      guaranteeRatioToLinear: refinement.guaranteeRatioToLinear)
    return body.report(
      refinement.schedule, norms: norms, loggedNorms: log.norms.count,
      diagnostics: log.diagnostics + log.diagnostics(over: norms.count))
  }
}

/// What `lrbound refine` answers.
struct RefineBody: Codable {
  let schedule: [Double]
  let steps: Int
  let peakFraction: Double
  let omegaRatioToLinear: Double
  let norm: RefinedSchedule.Norm
  let method: RefineCommand.Method
  let filterWidth: Int

  /// The guarantee is that of the refined schedule alone.
  let guaranteeRatioToLinear: Double?

  fileprivate func report(
    _ refined: Schedule, norms: [Double], loggedNorms: Int, diagnostics: [Diagnostic]
  ) -> Report<RefineBody> {
    Report(
      self, csv: .pieces(ScheduleTable(of: refined, baseLearningRate: nil).forEachPiece),
      diagnostics: diagnostics, assumptions: assumptions, chart: { chart(refined, norms: norms) },
      text: {
        let peak = Int((peakFraction * Double(max(1, steps - 1))).rounded()) + 1
        return [
          .lines([
            "schedule of \(grouped(steps)) steps from \(grouped(loggedNorms)) logged gradient norms"
          ]),
          .facts([
            ["peak", "step \(grouped(peak)) (\(percent(peakFraction, 4)) of the run)"],
            ["first", significant(refined.first, 5)],
            guaranteeRatioToLinear.map { ["guarantee", "\(significant($0)) of linear decay's"] }
              ?? ["method", "the bound minimised at these norms"],
            ["Ω*", "\(significant(omegaRatioToLinear)) of linear decay's"],
          ]),
        ]
      })
  }

  private var assumptions: [String] {
    [
      method == .minimise
        ? "the bound was minimised at these norms"
        : "weights G^\(norm == .l2 ? "-2 of ℓ2 norms (SGD)" : "-1 of ℓ1 norms (Adam)"), 2310.07831",
      filterWidth == 1
        ? "the norms were not filtered"
        : "the norms were smoothed by a running median of \(filterWidth) logged values",
      "the next run has the same norms step by step",
      norm == .l2
        ? "for Adam, ℓ1 norms are wanted; a log of ℓ2 norms makes this a heuristic"
        : "the log holds ℓ1 norms, which trainers do not write by themselves",
    ]
  }

  /// The gradient norms and the schedule made of them.
  private func chart(_ refined: Schedule, norms: [Double]) -> Chart {
    let largest = norms.max() ?? 1
    return Chart(
      title: "A schedule of \(grouped(steps)) steps from gradient norms", x: ChartAxis("step"),
      y: ChartAxis("relative to the largest", lowest: 0),
      series: [
        ChartSeries(
          filterWidth > 1 ? "gradient norm, smoothed" : "gradient norm",
          x: .evenly(first: 1, spacing: 1), .line(norms.map { $0 / largest })),
        ChartSeries("learning rate", refined, times: 1),
      ])
  }
}

extension RefinedSchedule.Norm: Codable {}
