import Runs
import Support
import Transfer

/// What `lrbound check` says of a base learning rate.
struct RateCheckReport {
  private let check: RateCheck
  private let evidence: RateEvidence
  private let diagnostics: [Diagnostic]
  private let assumptions: [String]

  init(
    of plan: PlannedRun, given evidence: RateEvidence, diagnostics: [Diagnostic],
    assumptions: [String]
  ) throws {
    self.evidence = evidence
    check = try RateCheck(plan.baseLearningRate, for: plan.run, given: evidence)
    self.diagnostics = diagnostics + check.diagnostics
    self.assumptions = assumptions
  }

  var verdict: Verdict { check.verdict }

  var report: Report {
    Report(
      command: "check", text: text, json: json, csv: csv, diagnostics: diagnostics,
      assumptions: assumptions + [
        "same model, data, batch size, optimiser and weight decay as in the runs"
      ])
  }

  private var origin: String {
    if check.isMeasured { return "measured on this schedule at this number of steps" }
    let sources = evidence.sourceCount == 1 ? "1 source" : "\(evidence.sourceCount) sources"
    return "from \(sources), \(evidence.rule.text)"
  }

  private var text: [String] {
    var rows = [["verdict", check.verdict.rawValue]]
    for (index, reason) in check.reasons.enumerated() {
      rows.append([index == 0 ? "because" : "", reason.message])
    }
    let expected = check.expectedRegret
    let least = check.leastRegret
    func percent(_ part: Double) -> String {
      "\(significant(100 * part, part < 0.1 ? 2 : 3)) % of the steps"
    }
    func nats(_ regret: RegretCurve.Regret) -> String {
      regret.nats.map { "\(significant($0, 2)) nats, " } ?? ""
    }
    rows += [
      ["base LR", significant(check.baseLearningRate)],
      [
        "try",
        "\(significant(check.suggestion))  \(significant(check.interval.lowerBound, 3)) … \(significant(check.interval.upperBound, 3))",
      ],
      ["", origin],
      ["regret", "expected \(nats(expected))as much as \(percent(expected.stepsFraction))"],
      ["", "at least \(nats(least))as much as \(percent(least.stepsFraction))"],
      ["", check.regretBasis.meaning],
    ]
    return columns(rows)
  }

  private var json: [String: JSONValue] {
    func regret(_ regret: RegretCurve.Regret) -> [String: JSONValue] {
      var members: [String: JSONValue] = ["steps_percent": .number(100 * regret.stepsFraction)]
      members["nats"] = .optional(regret.nats)
      return members
    }
    var regrets = regret(check.expectedRegret)
    regrets["at_least"] = .object(regret(check.leastRegret))
    regrets["basis"] = .string(check.regretBasis.rawValue)
    return [
      "verdict": .string(check.verdict.rawValue), "reasons": .array(check.reasons.map(\.json)),
      "schedule": .object(check.run.json), "base_lr": .number(check.baseLearningRate),
      "try": .object([
        "base_lr": .number(check.suggestion), "measured": .boolean(check.isMeasured),
        "interval": .array([
          .number(check.interval.lowerBound), .number(check.interval.upperBound),
        ]),
      ]),
      "regret": .object(regrets), "rule": evidence.rule.json,
      "sources": .integer(evidence.sourceCount),
    ]
  }

  private var csv: [[String]] {
    [
      [
        "verdict", "spec", "steps", "base_lr", "try", "interval_low", "interval_high",
        "regret_nats", "regret_steps_percent", "least_regret_nats", "least_regret_steps_percent",
      ],
      [
        check.verdict.rawValue, check.run.name, "\(check.run.steps)",
        "\(check.baseLearningRate)", "\(check.suggestion)", "\(check.interval.lowerBound)",
        "\(check.interval.upperBound)", check.expectedRegret.nats.map { "\($0)" } ?? "",
        "\(100 * check.expectedRegret.stepsFraction)", check.leastRegret.nats.map { "\($0)" } ?? "",
        "\(100 * check.leastRegret.stepsFraction)",
      ],
    ]
  }
}

extension RegretCurve.Basis {
  /// The basis for people.
  fileprivate var meaning: String {
    switch self {
    case .lossModel: return "by the loss fitted across the cells"
    case .cell: return "by one cell's losses, and exponents as in runs of a 124M model"
    case .typical: return "by exponents as in runs of a 124M model: your runs do not tell"
    }
  }
}
