import TheoryModel

/// How a cross-check is shown beside an answer.
struct CrossCheckReport {
  private let check: CrossCheck
  private let bound: CrossCheckVerdict
  private let answer: CrossCheckVerdict

  /// A cross-check with its verdicts on the bound's ratio and on that of the answer, γ_to/γ_from.
  init(_ check: CrossCheck, boundRatio: Double, answerRatio: Double) {
    self.check = check
    bound = check.verdict(on: boundRatio)
    answer = check.verdict(on: answerRatio)
  }

  // MARK: - Text

  /// Rows for the table of an answer, each a name and what it says.
  var rows: [[String]] {
    var rows: [[String]] = []
    if let range = check.ratioRange {
      rows.append([
        "theory model", "ratio " + text(range, digits: 3) { [$0.ratio] },
      ])
      rows.append(["", "the bound \(text(bound))"])
      if answer.ratio != bound.ratio { rows.append(["", "this answer \(text(answer))"]) }
    }
    if let range = check.horizonExponentRange {
      let exponents = text(range, digits: 2) {
        [$0.from.horizonExponent, $0.to.horizonExponent].compactMap(\.self)
      }
      rows.append([
        "",
        "T^-p at one shape, p = \(exponents); the bound has p = 0.5"
          + (range.upperBound < 0.55 ? ", the steep end" : ""),
      ])
    }
    let dropped = check.readings.filter(\.isOnEdge).map(\.task.name)
    if !dropped.isEmpty {
      rows.append([
        check.counted.isEmpty ? "theory model" : "",
        "left out: \(dropped.joined(separator: ", ")), whose optimum is on the model's stability edge",
      ])
    }
    return rows
  }

  /// A range with the tasks at its ends.
  private func text(
    _ range: ClosedRange<Double>, digits: Int, values: (CrossCheck.Reading) -> [Double]
  ) -> String {
    func end(_ value: Double) -> String {
      let name = check.counted.first { values($0).contains(value) }.map { " (\($0.task.name))" }
      return significant(value, digits) + (name ?? "")
    }
    return "\(end(range.lowerBound)) … \(end(range.upperBound))"
  }

  private func text(_ verdict: CrossCheckVerdict) -> String {
    let apart = verdict.judgements.filter { !$0.agrees }.map(\.task.name).joined(separator: ", ")
    let worst = verdict.worstRegret.map(regretText)
    switch verdict.label {
    case .agrees: return "agrees with every task" + (worst ?? "")
    case .disagrees: return "disagrees with every task" + (worst ?? "")
    case .taskDependent:
      return "is task-dependent: it disagrees with \(apart)" + (worst ?? "")
    case .unknown: return "cannot be judged"
    }
  }

  private func regretText(_ regret: Double) -> String {
    switch regret {
    case ..<1: return ", costs at most \(significant(regret * 100, 2)) % excess loss"
    case ..<Double.infinity: return ", costs up to \(significant(1 + regret, 2))x the excess loss"
    default: return ", and may diverge"
    }
  }

  // MARK: - JSON and CSV

  /// The member `theory_model`.
  var json: JSONValue {
    var members: [String: JSONValue] = [
      "label": .string(bound.label.rawValue), "answer_label": .string(answer.label.rawValue),
      "bound_horizon_exponent": .number(0.5), "tasks": .array(check.readings.map(json)),
    ]
    members["ratio"] = check.ratioRange.map(pair)
    members["horizon_exponent"] = check.horizonExponentRange.map(pair)
    return .object(members)
  }

  private func json(of reading: CrossCheck.Reading) -> JSONValue {
    let task = reading.task
    var members: [String: JSONValue] = [
      "name": .string(task.name), "a": .number(task.taskExponent),
      "b": .number(task.spectrumExponent), "noise": .number(task.relativeNoise),
      "batch": .number(task.batch), "on_edge": .boolean(reading.isOnEdge),
    ]
    guard !reading.isOnEdge else { return .object(members) }
    members["ratio"] = .number(reading.ratio)
    members["ratio_by_horizon"] = .array(
      reading.ratiosByHorizon.map { steps, ratio in
        .object(["source_steps": .integer(steps), "ratio": .number(ratio)])
      })
    members["from"] = json(of: reading.from)
    members["to"] = json(of: reading.to)
    members["bound"] = json(of: bound, on: task)
    members["answer"] = json(of: answer, on: task)
    return .object(members)
  }

  private func json(of end: CrossCheck.End) -> JSONValue {
    var members: [String: JSONValue] = ["base_lr": .number(end.baseLearningRate)]
    members["horizon_exponent"] = .optional(end.horizonExponent)
    members["xi"] = .optional(end.limitingExponent)
    return .object(members)
  }

  /// The regret is left out where the target diverges.
  private func json(of verdict: CrossCheckVerdict, on task: CrossCheckTask) -> JSONValue? {
    verdict.judgements.first { $0.task == task }.map { judgement in
      var members: [String: JSONValue] = ["agrees": .boolean(judgement.agrees)]
      if judgement.regret.isFinite { members["regret"] = .number(judgement.regret) }
      return .object(members)
    }
  }

  private func pair(_ range: ClosedRange<Double>) -> JSONValue {
    .array([.number(range.lowerBound), .number(range.upperBound)])
  }

  /// The names of the columns of ``csv``.
  static let csvHeader = ["model_ratio_low", "model_ratio_high", "model_label"]

  /// The cells of one row.
  var csv: [String] {
    let range = check.ratioRange
    return [
      range.map { "\($0.lowerBound)" } ?? "", range.map { "\($0.upperBound)" } ?? "",
      bound.label.rawValue,
    ]
  }
}
