import Runs
import Schedules
import Support
import Transfer

/// What `lrbound check` is to compare a plan with.
enum CheckQuestion {
  case log(String)
  case sweep([String], SweepOptions)
  case calibration(String)
  case tuned(spec: ScheduleArgument?, steps: Int?, rate: Double, calibration: String?)

  /// Reads the options, of which just one way must be given.
  init(_ command: CheckCommand) throws(UsageError) {
    let ways = [
      ("--log", command.log != nil), ("--sweep", !command.sweep.isEmpty),
      ("--calibration", command.calibration != nil), ("--tuned-lr", command.tunedLr != nil),
    ].filter(\.1).map(\.0)
    if command.tunedLr == nil {
      for (option, value) in [
        ("--tuned-spec", command.tunedSpec), ("--tuned-steps", command.tunedSteps),
      ] where value != nil {
        throw UsageError("\(option): the tuned base learning rate is not known; add --tuned-lr")
      }
    }
    if command.log == nil { try command.sweepOptions.refuse(unless: !command.sweep.isEmpty) }
    if command.log == nil, command.lrAt != "auto" {
      throw UsageError("--lr-at is about a log; add --log, or leave it out")
    }
    if command.log != nil, let option = command.sweepOptions.givenForRuns.first {
      throw UsageError("\(option) is about the losses of a sweep; leave it out beside --log")
    }
    switch ways {
    case []:
      throw UsageError(
        "nothing to check against; give --sweep, --calibration, --tuned-lr or --log")
    case ["--log"]: self = .log(command.log ?? "")
    case ["--sweep"]:
      self = .sweep(command.sweep, command.sweepOptions)
    case ["--calibration"]: self = .calibration(command.calibration ?? "")
    case ["--tuned-lr"], ["--calibration", "--tuned-lr"]:
      var spec: ScheduleArgument?
      if let text = command.tunedSpec { spec = try Arguments.schedule(text, "--tuned-spec") }
      var steps: Int?
      if let text = command.tunedSteps { steps = try Arguments.steps(text, "--tuned-steps") }
      self = .tuned(
        spec: spec, steps: steps,
        rate: try Arguments.learningRate(command.tunedLr ?? "", "--tuned-lr"),
        calibration: command.calibration)
    default:
      throw UsageError(
        "\(ways.joined(separator: " and ")) ask for different checks; give one of them")
    }
  }

  /// Checks the base learning rate of a plan.
  func rateCheck(of plan: PlannedRun) throws -> RateCheckReport {
    switch self {
    case .log: preconditionFailure("a log is compared with the plan's learning rates")
    case .sweep(let paths, let options):
      let reading = try options.read(paths)
      let evidence = try Self.evidence(of: reading.path) {
        try RateEvidence(sweep: reading.sweep)
      }
      return try RateCheckReport(
        of: plan, given: evidence, diagnostics: reading.diagnostics,
        assumptions: [reading.noiseAssumption])
    case .calibration(let path):
      let calibration = try Calibration(contentsOf: path)
      let evidence = try Self.evidence(of: path) { try RateEvidence(calibration: calibration) }
      return try RateCheckReport(of: plan, given: evidence, diagnostics: [], assumptions: [])
    case .tuned(let spec, let steps, let rate, let calibration):
      let rule: TransferRule =
        try calibration.map { .calibrated(try Calibration(contentsOf: $0)) } ?? .standard()
      let same = try Self.tunedRun(spec, steps: steps, plan: plan.run)
      return try RateCheckReport(
        of: plan, given: RateEvidence(tuned: same, baseLearningRate: rate, rule: rule),
        diagnostics: [],
        assumptions: [
          "\(significant(rate)) is tuned for \(same.name) at \(grouped(same.steps)) steps"
        ])
    }
  }

  /// What was tuned: the plan's schedule and number of steps where others are not given.
  private static func tunedRun(_ spec: ScheduleArgument?, steps: Int?, plan: TrainingRun) throws
    -> TrainingRun
  {
    guard let spec else {
      if let spec = plan.spec { return TrainingRun(spec, steps: steps ?? plan.steps) }
      guard steps == nil || steps == plan.steps else {
        throw UsageError(
          "--tuned-steps: the plan's file has \(grouped(plan.steps)) steps; add --tuned-spec")
      }
      return plan
    }
    return try spec.run(steps: spec.spec == nil ? steps : steps ?? plan.steps)
  }

  /// Evidence that says nothing is a fault of its file.
  private static func evidence(of path: String, _ read: () throws -> RateEvidence) throws
    -> RateEvidence
  {
    do {
      return try read()
    } catch let error as RateEvidenceError {
      throw InputError(path: path, problem: error.problem, hint: error.hint)
    }
  }
}
