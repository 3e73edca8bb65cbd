import Runs
import Support
import Transfer

/// What `lrbound check` answers, of a base learning rate or of a log.
struct CheckBody: Codable {
  /// The base learning rate to use.
  struct Suggestion: Codable {
    let baseLearningRate: Double
    let measured: Bool
    let interval: [Double]
  }

  /// What a base learning rate costs.
  struct Cost: Codable {
    let stepsPercent: Double
    let nats: Double?

    init(_ regret: RegretCurve.Regret) {
      (stepsPercent, nats) = (100 * regret.stepsFraction, regret.nats)
    }
  }

  /// The expected cost, and the least within the interval.
  struct Regret: Codable {
    let stepsPercent: Double
    let nats: Double?
    let atLeast: Cost
    let basis: RegretCurve.Basis
  }

  /// The log that was compared.
  struct Log: Codable {
    let file: String
    let format: LogFormat
    let recordsThatAgree: Int
    let firstStep: Int
    let lastStep: Int
    let widestGap: Int
    let lrAt: LearningRateTiming?
  }

  /// The first step at which a log differs from the plan.
  struct Difference: Codable {
    let step: Int
    let found: Double
    let expected: Double?
  }

  let verdict: Verdict
  let reasons: [Diagnostic]
  let schedule: RunEcho
  let baseLearningRate: Double
  var `try`: Suggestion?
  var regret: Regret?
  var rule: RuleEcho?
  var sources: Int?
  var log: Log?
  var unfinished: Bool?
  var firstDifference: Difference?
  var matchingBaseLearningRate: Double?

  /// The verdict and what it rests on, as rows.
  private var verdictRows: [[String]] {
    [["verdict", verdict.rawValue]]
      + reasons.enumerated().map { [$0 == 0 ? "because" : "", $1.message] }
  }

  // MARK: - A base learning rate

  static func report(_ check: RateCheck, given evidence: RateEvidence) -> Report<CheckBody> {
    let expected = Cost(check.expectedRegret)
    let body = CheckBody(
      verdict: check.verdict, reasons: check.reasons,
      schedule: RunEcho(check.run), baseLearningRate: check.baseLearningRate,
      try: Suggestion(
        baseLearningRate: check.suggestion, measured: check.isMeasured,
        interval: check.interval.ends),
      regret: Regret(
        stepsPercent: expected.stepsPercent, nats: expected.nats,
        atLeast: Cost(check.leastRegret), basis: check.regretBasis),
      rule: RuleEcho(
        evidence.rule, at: check.run.horizon, isAbsolute: evidence.scale != nil),
      sources: evidence.sourceCount)
    return Report(
      body,
      csv: .records(
        [body], "verdict", "spec=schedule.spec", "steps=schedule.steps", "base_lr",
        "try=try.base_lr", "interval_low=try.interval.0", "interval_high=try.interval.1",
        "regret_nats=regret.nats", "regret_steps_percent=regret.steps_percent",
        "least_regret_nats=regret.at_least.nats",
        "least_regret_steps_percent=regret.at_least.steps_percent"),
      diagnostics: check.diagnostics,
      assumptions: check.run.lengthAssumptions + evidence.assumptions + [
        evidence.scale == nil
          ? "same model, data, optimiser and weight decay as in the runs"
          : "a dense language model with AdamW and a weight decay of 0.1"
      ]
    ) {
      func cost(_ regret: RegretCurve.Regret) -> String {
        let steps = percent(regret.stepsFraction, regret.stepsFraction < 0.1 ? 2 : 3)
        let nats = regret.nats.map { "\(significant($0, 2)) nats, " } ?? ""
        return "\(nats)as much as \(steps) of the steps"
      }
      return [
        .facts(
          body.verdictRows + [
            ["base LR", significant(check.baseLearningRate)],
            ["try", "\(significant(check.suggestion))  \(interval(check.interval))"],
            ["", origin(of: check, evidence)],
            ["regret", "expected \(cost(check.expectedRegret))"],
            ["", "at least \(cost(check.leastRegret))"], ["", check.regretBasis.meaning],
          ])
      ]
    }
  }

  private static func origin(of check: RateCheck, _ evidence: RateEvidence) -> String {
    if evidence.scale != nil { return "by public sweeps of other models" }
    if check.isMeasured { return "measured on this schedule at this number of steps" }
    let sources = evidence.sourceCount == 1 ? "1 source" : "\(evidence.sourceCount) sources"
    return "from \(sources), \(evidence.rule.explanation(at: check.run.horizon))"
  }

  // MARK: - A log

  static func report(
    _ check: PlanCheck, of log: RunLog, against plan: PlannedRun
  ) -> Report<CheckBody> {
    let body = CheckBody(
      verdict: check.verdict, reasons: check.reasons + log.planReasons,
      schedule: RunEcho(plan.run), baseLearningRate: plan.baseLearningRate,
      log: Log(
        file: log.path, format: log.format, recordsThatAgree: check.agreeing,
        firstStep: check.steps.lowerBound, lastStep: check.steps.upperBound,
        widestGap: check.widestGap, lrAt: check.timing),
      unfinished: check.isUnfinished,
      firstDifference: check.mismatch.map {
        Difference(step: $0.step, found: $0.found, expected: $0.expected)
      }, matchingBaseLearningRate: check.matchingBaseLearningRate)
    return Report(
      body,
      csv: .records(
        [body], "verdict", "step=first_difference.step", "expected=first_difference.expected",
        "found=first_difference.found", "records_that_agree=log.records_that_agree",
        "first_step=log.first_step", "last_step=log.last_step"),
      diagnostics: log.diagnostics,
      assumptions: ["nothing is known of the steps between two records"]
    ) {
      let planned =
        "\(plan.run.summary), base LR \(significant(plan.baseLearningRate, 6))"
      let timing = check.timing.map { [["LR logged", $0.meaning]] } ?? []
      return [.facts(body.verdictRows + [["plan", planned]] + timing)]
    }
  }
}

extension PlanCheck {
  /// What was found, in the order of its weight.
  fileprivate var reasons: [Diagnostic] {
    let (first, last) = (grouped(steps.lowerBound), grouped(steps.upperBound))
    var reasons: [Diagnostic] = []
    func add(_ code: String, _ message: String) {
      reasons.append(Diagnostic(code: code, message: message))
    }
    if let mismatch {
      let wanted =
        mismatch.expected.map { "the plan has \(significant($0, 6))" } ?? "the plan has ended"
      add(
        mismatch.expected == nil ? "beyond-the-plan" : "learning-rate-differs",
        "at step \(grouped(mismatch.step)) the learning rate is \(significant(mismatch.found, 6)), but \(wanted)"
      )
      if let rate = matchingBaseLearningRate {
        add(
          "other-base-lr",
          "the log follows this schedule at a base learning rate of \(significant(rate))")
      }
    } else {
      add("follows", "all \(agreeing) records from step \(first) to \(last) are the plan's")
    }
    if isUnfinished {
      add("unfinished", "the log ends at step \(last) of \(grouped(plannedSteps))")
    }
    if beginsLate {
      add("begins-late", "the log begins at step \(first): nothing is known of those before")
    }
    if hasHole { add("hole", "up to \(grouped(widestGap)) steps lie between two records") }
    return reasons
  }
}

extension RunLog {
  /// The repairs that bear on whether the log follows a plan.
  fileprivate var planReasons: [Diagnostic] {
    let telling: [LogRepair.Kind] = [
      .resumed, .repeatedSteps, .severalColumns, .severalLearningRates,
    ]
    return repairs.filter { telling.contains($0.kind) }.map {
      Diagnostic(code: $0.kind.rawValue, message: $0.message)
    }
  }
}

extension LearningRateTiming {
  /// The timing for people.
  fileprivate var meaning: String {
    switch self {
    case .applied: "as each step took it"
    case .next: "for the step to come"
    case .appliedFromZero: "as each step took it, steps counted from 0"
    }
  }
}

extension RegretCurve.Basis {
  /// The basis for people.
  fileprivate var meaning: String {
    switch self {
    case .lossModel: "by the loss fitted across the cells"
    case .cell: "by one cell's losses, and exponents as in runs of a 124M model"
    case .typical: "by exponents as in runs of a 124M model: your runs do not tell"
    }
  }
}

extension Verdict: Codable {}
extension RegretCurve.Basis: Codable {}
