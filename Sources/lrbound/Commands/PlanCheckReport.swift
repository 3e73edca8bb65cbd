import Runs
import Support

/// What `lrbound check --log` says of a log and a plan.
struct PlanCheckReport {
  private let log: RunLog
  private let plan: PlannedRun
  private let check: PlanCheck

  init(of log: RunLog, against plan: PlannedRun, timing: LearningRateTiming?) throws {
    self.log = log
    self.plan = plan
    check = try PlanCheck(
      of: log, schedule: plan.schedule, baseLearningRate: plan.baseLearningRate, timing: timing)
  }

  var verdict: Verdict { check.verdict }

  var report: Report {
    Report(
      command: "check", text: text, json: json, csv: csv, diagnostics: log.diagnostics,
      assumptions: ["nothing is known of the steps between two records"])
  }

  private var reasons: [Diagnostic] {
    let first = check.steps.lowerBound
    let last = check.steps.upperBound
    var reasons: [Diagnostic] = []
    if let mismatch = check.mismatch {
      let wanted =
        mismatch.expected.map { "the plan has \(significant($0, 6))" } ?? "the plan has ended"
      reasons.append(
        Diagnostic(
          code: mismatch.expected == nil ? "beyond-the-plan" : "learning-rate-differs",
          message:
            "at step \(grouped(mismatch.step)) the learning rate is \(significant(mismatch.found, 6)), but \(wanted)"
        ))
      if let rate = check.matchingBaseLearningRate {
        reasons.append(
          Diagnostic(
            code: "other-base-lr",
            message: "the log follows this schedule at a base learning rate of \(significant(rate))"
          ))
      }
    } else {
      reasons.append(
        Diagnostic(
          code: "follows",
          message:
            "all \(check.agreeing) records from step \(grouped(first)) to \(grouped(last)) are the plan's"
        ))
    }
    if check.isUnfinished {
      reasons.append(
        Diagnostic(
          code: "unfinished",
          message: "the log ends at step \(grouped(last)) of \(grouped(check.plannedSteps))"))
    }
    if check.beginsLate {
      reasons.append(
        Diagnostic(
          code: "begins-late",
          message: "the log begins at step \(grouped(first)): nothing is known of those before"))
    }
    if check.hasHole {
      reasons.append(
        Diagnostic(
          code: "hole",
          message: "up to \(grouped(check.widestGap)) steps lie between two records"))
    }
    let told: [LogRepair.Kind] = [.resumed, .repeatedSteps, .severalColumns, .severalLearningRates]
    for mend in log.mended where told.contains(mend.kind) {
      reasons.append(Diagnostic(code: mend.kind.rawValue, message: mend.message))
    }
    return reasons
  }

  private var text: [String] {
    var rows = [["verdict", verdict.rawValue]]
    for (index, reason) in reasons.enumerated() {
      rows.append([index == 0 ? "because" : "", reason.message])
    }
    rows.append([
      "plan",
      "\(plan.run.name) at \(grouped(plan.run.steps)) steps, base LR \(significant(plan.baseLearningRate, 6))",
    ])
    if let timing = check.timing { rows.append(["LR logged", timing.meaning]) }
    return columns(rows)
  }

  private var json: [String: JSONValue] {
    var log: [String: JSONValue] = [
      "file": .string(self.log.path), "format": .string(self.log.format.rawValue),
      "records_that_agree": .integer(check.agreeing),
      "first_step": .integer(check.steps.lowerBound),
      "last_step": .integer(check.steps.upperBound), "widest_gap": .integer(check.widestGap),
    ]
    log["lr_at"] = check.timing.map { .string($0.rawValue) }
    var members: [String: JSONValue] = [
      "verdict": .string(verdict.rawValue), "reasons": .array(reasons.map(\.json)),
      "log": .object(log), "schedule": .object(plan.run.json),
      "base_lr": .number(plan.baseLearningRate), "unfinished": .boolean(check.isUnfinished),
    ]
    members["first_difference"] = check.mismatch.map { mismatch in
      var members: [String: JSONValue] = [
        "step": .integer(mismatch.step), "found": .number(mismatch.found),
      ]
      members["expected"] = .optional(mismatch.expected)
      return .object(members)
    }
    members["matching_base_lr"] = .optional(check.matchingBaseLearningRate)
    return members
  }

  private var csv: [[String]] {
    let mismatch = check.mismatch
    return [
      ["verdict", "step", "expected", "found", "records_that_agree", "first_step", "last_step"],
      [
        verdict.rawValue, mismatch.map { "\($0.step)" } ?? "",
        mismatch?.expected.map { "\($0)" } ?? "", mismatch.map { "\($0.found)" } ?? "",
        "\(check.agreeing)", "\(check.steps.lowerBound)", "\(check.steps.upperBound)",
      ],
    ]
  }
}

extension LearningRateTiming {
  /// The timing for people.
  fileprivate var meaning: String {
    switch self {
    case .applied: return "as each step took it"
    case .next: return "for the step to come"
    case .appliedFromZero: return "as each step took it, steps counted from 0"
    }
  }
}

extension Diagnostic {
  /// A reason or a warning for scripts.
  var json: JSONValue { .object(["code": .string(code), "message": .string(message)]) }
}
