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
      let count = check.counted.count
      rows.append([
        "theory model",
        "ratio \(text(range, 3)) on \(count) task\(count == 1 ? "" : "s"): "
          + "the bound \(verdict(bound))"
          + (answer.ratio == bound.ratio ? "" : "; this answer \(verdict(answer))"),
      ])
    }
    if let range = check.horizonExponentRange {
      rows.append([
        "its horizon",
        "T^-p at one shape, p = \(text(range, 2)); the bound has p = 0.5"
          + (range.upperBound < 0.55 ? ", the steep end" : ""),
      ])
    }
    let dropped = check.readings.filter(\.isOnEdge).map(\.task.name)
    if !dropped.isEmpty {
      rows.append([
        "left out",
        "\(dropped.joined(separator: ", ")): the optimum is on the model's stability edge",
      ])
    }
    return rows
  }

  private func text(_ range: ClosedRange<Double>, _ digits: Int) -> String {
    "\(significant(range.lowerBound, digits)) … \(significant(range.upperBound, digits))"
  }

  private func verdict(_ verdict: CrossCheckVerdict) -> String {
    let apart = verdict.judgements.filter { !$0.agrees }.map(\.task.name)
    let names = apart.joined(separator: ", ")
    switch verdict.label {
    case .agrees, .disagrees, .unknown: return verdict.label.rawValue
    case .taskDependent: return "is \(verdict.label.rawValue) (not on \(names))"
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
    members["ratio_by_horizon"] = .array(reading.ratios.map { .number($0) })
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
