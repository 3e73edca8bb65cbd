import ArgumentParser
import Runs
import Schedules
import Support
import Transfer

/// `lrbound check`: is a base learning rate sane, does a log follow a plan.
struct CheckCommand: ReportingCommand {
  static let reportName = "check"
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Whether a base learning rate is sane, or a log follows its plan.",
    discussion: """
        lrbound check --schedule wsd20 --steps 50000 --lr 2e-3 --sweep runs.csv
        lrbound check --schedule wsd20 --steps 5e4 --lr 2e-3 --calibration mine.json
        lrbound check --schedule linear --steps 5e4 --lr 2e-3 \\
          --tuned-spec wsd20 --tuned-lr 1e-3
        lrbound check --schedule cosine --params 1B --lr 3e-3 --tokens 100B \\
          --batch-tokens 1M
        lrbound check --schedule wsd20 --steps 50000 --lr 1e-3 --log run.csv

      For a base learning rate: the reference is that of --sweep if it has this schedule and number of steps, \
      else what all its cells predict (calibrated if possible, else by the default rule), or those of a \
      calibration, or one tuned rate. Inside its interval the verdict is ok, outside warn; it is \
      fail where even at the nearest end of the interval the base learning rate costs as much as 5 % of \
      the steps, or where runs diverged.

      With --params alone the reference is what public sweeps of dense language models suggest: it tells a \
      learning rate that is 3x off, not one that is 1.3x off.

      The regret is that of the fitted loss C + A·(γS)^-α + B·γ^q·V^r at γ/γ*, averaged over the interval. \
      As a fraction of the steps it is what a tuned run can save: the loss above C falls like \
      T^-(αq/(α+q)). Without a sweep α = q = 1/4 stands in (a 124M model has α + q = 0.47), without nats.

      For a --log: every learning rate is compared with the plan, within 0.1 % of the peak (2 % during the \
      warmup) of what the plan has from a step before to a step after. Detects whether each row logs its own \
      step's LR or the next step's. Half-finished runs are compared as far as they go; of a resumed \
      log the later rows count. The first step that differs makes the verdict fail.

      The exit code is 1 where the verdict is fail.
      """)

  @Option(
    required: "The schedule that is planned.", "spec", completion: .schedules,
    transform: Arguments.schedule)
  var schedule: ScheduleArgument

  @OptionGroup var length: RunLengthOptions

  @Option("The base learning rate that is planned.", "lr", transform: Arguments.learningRate)
  var lr: Double?

  @Option(
    repeated: "Your runs: a table, a log or a folder of logs; may be given again.", "csv|log",
    completion: .file(), transform: { $0 })
  var sweep: [String] = []

  @Option(
    "A calibration that lrbound fit wrote.", "json", completion: .file(extensions: ["json"]))
  var calibration: String?

  @Option("A base learning rate that was tuned.", "lr", transform: Arguments.learningRate)
  var tunedLr: Double?

  @Option(
    "The schedule it was tuned for; the planned one without it.", "spec", completion: .schedules,
    transform: Arguments.schedule)
  var tunedSpec: ScheduleArgument?

  @OptionGroup var tunedLength: TunedLengthOptions

  @OptionGroup var modelSize: ModelSizeOption

  @Option("A log to compare with the plan.", "file", completion: .file())
  var log: String?

  @Option(
    "Whether logged LRs are those of their step (applied) or of the next (next); auto, the default, finds out.",
    "when", completion: .list(LoggedRateTiming.allCases.map(\.rawValue)),
    transform: Arguments.choice)
  var lrAt: LoggedRateTiming?

  @OptionGroup var sweepOptions: SweepOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if tunedLr == nil,
      let option = tunedSpec != nil ? "--tuned-spec" : tunedLength.given
    {
      throw InputError.usage(
        "\(option): the tuned base learning rate is not known", "add --tuned-lr")
    }
    if log == nil {
      try sweepOptions.refuse(unless: !sweep.isEmpty)
      if lrAt?.timing != nil {
        throw InputError.usage("--lr-at is about a log", "add --log, or leave it out")
      }
    } else if let option = sweepOptions.given.first(where: {
      !["--format", "--step-col", "--lr-col"].contains($0)
    }) {
      throw InputError.usage(
        "\(option) is about the losses of a sweep", "leave it out beside --log")
    }
    let ways = [
      ("--log", log != nil), ("--sweep", !sweep.isEmpty), ("--calibration", calibration != nil),
      ("--tuned-lr", tunedLr != nil), ("--params", modelSize.params != nil),
    ].filter(\.1).map(\.0)
    if ways.isEmpty {
      throw InputError.usage(
        "nothing to check against", "give --sweep, --calibration, --tuned-lr, --params or --log")
    }
    if ways.count > 1, ways != ["--calibration", "--tuned-lr"] {
      throw InputError.usage(
        "\(ways.joined(separator: " and ")) ask for different checks", "give one of them")
    }
  }

  func report() throws -> Report<CheckBody> {
    let plan = try PlannedRun(schedule, length.read(), baseLearningRate: lr)
    if let log {
      let log = try RunLog(contentsOf: log, options: sweepOptions.reading.options)
      let check = try PlanCheck(
        of: log, schedule: plan.schedule, baseLearningRate: plan.baseLearningRate,
        timing: lrAt?.timing)
      return CheckBody.report(check, of: log, against: plan)
    }
    let evidence = try evidence(for: plan.run)
    let check = try RateCheck(plan.baseLearningRate, for: plan.run, given: evidence)
    return CheckBody.report(check, given: evidence)
  }

  func run() throws {
    let report = try report()
    try print(report)
    if report.body.verdict == .fail { throw FailedCheck() }
  }

  /// What is known of the best base learning rate.
  private func evidence(for plan: TrainingRun) throws -> RateEvidence {
    if !sweep.isEmpty { return try RateEvidence(sweep: sweepOptions.read(sweep)) }
    if let scale = modelSize.scale { return try RateEvidence(scale: scale, for: plan) }
    let read = try calibration.map { try Calibration(contentsOf: $0) }
    if let tunedLr {
      return RateEvidence(
        tuned: try tunedRun(for: plan), baseLearningRate: tunedLr,
        rule: read.map { .calibrated($0) } ?? .standard())
    }
    guard let read else { preconditionFailure("checked by validate()") }
    do {
      return try RateEvidence(calibration: read)
    } catch let error as InputError {
      throw error.inside(path: calibration ?? "")
    }
  }

  /// What was tuned: the plan's schedule and number of steps where others are not given.
  private func tunedRun(for plan: TrainingRun) throws -> TrainingRun {
    if let tuned = tunedSpec ?? plan.spec.map(ScheduleArgument.spec) {
      // A file brings its own length.
      let other =
        tuned.isFile ? try RunLength(batchTokens: plan.batchTokens) : RunLength(of: plan)
      return try tuned.run(tunedLength.read(beside: other))
    }
    let length = try tunedLength.read(beside: RunLength(of: plan))
    guard length.steps == plan.steps else {
      throw InputError.usage(
        "\(tunedLength.given ?? ""): the plan's file has \(grouped(plan.steps)) steps",
        "add --tuned-spec")
    }
    var run = plan
    run.batchTokens = length.batchTokens
    return run
  }
}
