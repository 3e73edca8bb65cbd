import ArgumentParser
import Bound
import Runs
import Schedules
import Search
import Support
import Tuning

/// `lrbound refine`: a schedule from the gradient norms of a run.
struct RefineCommand: ParsableCommand {
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
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Number of steps, T; the last logged step without it.", valueName: "t"))
  var steps: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("What the log holds: l2 (SGD) or l1 (Adam).", valueName: "norm"),
    completion: .list(["l2", "l1"]))
  var norm = "l2"

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("refine (2310.07831) or minimise (the bound).", valueName: "method"),
    completion: .list(["refine", "minimise"]))
  var method = "refine"

  @Flag(name: .long, help: "Take the norms as they are, without the running median.")
  var noFilter = false

  @OptionGroup var format: LogFormatOptions

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Column of the gradient norm.", valueName: "name"))
  var gradNormCol: String?

  @OptionGroup var plot: PlotOptions

  func run() throws {
    guard let kind = RefinedSchedule.Norm(rawValue: norm) else {
      throw UsageError("--norm '\(printable(norm))': no such norm; give l2 or l1")
    }
    let isMinimised = method == "minimise" || method == "minimize"
    guard isMinimised || method == "refine" else {
      throw UsageError("--method '\(printable(method))': no such method; give refine or minimise")
    }
    let count = try steps.map { try Arguments.steps($0, "--steps") }
    if let count, count > GradientNormLog.mostSteps {
      throw UsageError(
        "--steps '\(count)': refine handles up to \(GradientNormLog.mostSteps) steps; give fewer")
    }
    let log = try readLog()
    let norms = log.perStep(count: count, isFiltered: !noFilter)
    let refined = try RefinedSchedule(norms: norms, norm: kind)
    // The weights G^−1 of ℓ1 norms are those of ℓ2 norms √G.
    let boundNorms = try GradientNorms.perStep(kind == .l2 ? norms : norms.map { $0.squareRoot() })
    let schedule = isMinimised ? try minimised(boundNorms, steps: norms.count) : refined.schedule
    let linear = try ScheduleSpec("linear").schedule(steps: norms.count)
    let ratio =
      try BoundTerms.lastIterate(of: schedule, gradientNorms: boundNorms).optimalBound()
      / BoundTerms.lastIterate(of: linear, gradientNorms: boundNorms).optimalBound()

    let multipliers = schedule.multipliers
    let peak = multipliers.firstIndex(of: 1) ?? 0
    let peakFraction = Double(peak) / Double(max(1, multipliers.count - 1))
    let width = noFilter ? 1 : RefinedSchedule.filterWidth(count: log.norms.count)
    // The guarantee is that of the refined schedule alone.
    let guarantee = isMinimised ? nil : refined.guaranteeRatioToLinear
    let isJSON = plot.output.format == .json
    let report = Report(
      command: "refine",
      text: [
        "schedule of \(grouped(norms.count)) steps from \(grouped(log.norms.count)) logged gradient norms",
        "",
      ]
        + columns([
          [
            "peak",
            "step \(grouped(peak + 1)) (\(significant(peakFraction * 100, 4)) % of the run)",
          ],
          ["first", significant(schedule.first, 5)],
          isMinimised
            ? ["method", "the bound minimised at these norms"]
            : ["guarantee", "\(significant(refined.guaranteeRatioToLinear, 4)) of linear decay's"],
          ["Ω*", "\(significant(ratio, 4)) of linear decay's"],
        ]),
      json: [
        "schedule": .array(isJSON ? multipliers.map { .number($0) } : []),
        "steps": .integer(norms.count),
        "peak_fraction": .number(peakFraction),
        "omega_ratio_to_linear": .number(ratio), "norm": .string(kind.rawValue),
        "method": .string(isMinimised ? "minimise" : "refine"), "filter_width": .integer(width),
      ].merging(guarantee.map { ["guarantee_ratio_to_linear": .number($0)] } ?? [:]) { $1 },
      csv: [],
      csvPieces: { write in
        try ScheduleTable(of: schedule, baseLearningRate: nil).forEachPiece { try write($0) }
      },
      diagnostics: log.diagnostics + log.diagnostics(over: norms.count),
      assumptions: assumptions(kind, isMinimised: isMinimised, filterWidth: width))
    try plot.print(report) {
      RefineChart(schedule, norms: norms, isFiltered: width > 1).chart
    }
  }

  private func assumptions(_ kind: RefinedSchedule.Norm, isMinimised: Bool, filterWidth: Int)
    -> [String]
  {
    [
      isMinimised
        ? "the bound was minimised at these norms"
        : "weights G^\(kind == .l2 ? "-2 of ℓ2 norms (SGD)" : "-1 of ℓ1 norms (Adam)"), 2310.07831",
      filterWidth == 1
        ? "the norms were not filtered"
        : "the norms were smoothed by a running median of \(filterWidth) logged values",
      "the next run has the same norms step by step",
      kind == .l2
        ? "for Adam, ℓ1 norms are wanted; a log of ℓ2 norms makes this a heuristic"
        : "the log holds ℓ1 norms, which trainers do not write by themselves",
    ]
  }

  private func readLog() throws -> GradientNormLog {
    var options = try format.parsed()
    options.columns[.gradientNorm] = gradNormCol
    options.unnamed = .gradientNorm
    return try GradientNormLog(of: RunLog(contentsOf: log, options: options))
  }

  /// The schedule that makes the bound least at these norms.
  private func minimised(_ norms: GradientNorms, steps: Int) throws -> Schedule {
    let best = try FreeFormSchedule(steps: steps, gradientNorms: norms)
    guard best.isConverged else {
      throw NoAnswer(
        description:
          "minimising the bound did not converge in \(best.iterations) iterations; filter the norms, or use --method refine"
      )
    }
    return try Schedule(values: best.learningRates)
  }
}
