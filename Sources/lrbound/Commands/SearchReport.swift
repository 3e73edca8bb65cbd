import Charts
import Numerics
import Runs
import Schedules
import Search
import Support
import Tuning

/// What `lrbound search` says.
struct SearchReport {
  let workload: any Workload
  let plan: SearchPlan
  let search: ShapeSearch
  let sweeps: [CoordinateSweep]
  let truth: KnownOptimum?
  let projections: [FamilyProjection]

  /// The families with a best shape, the best first.
  private var ranked: [ScoredShape] {
    search.families.compactMap(\.best).sorted { $0.score < $1.score }
  }

  /// The shapes found.
  var chart: Chart { SearchChart(ranked, truth: truth).chart }

  var report: Report {
    Report(
      command: "search", text: text, json: json, csv: csv, diagnostics: diagnostics,
      assumptions: [
        "a shape that is best on this workload need not be best on another; weight decay, batch and the number of steps move it"
      ])
  }

  private func error(of shape: ScoredShape) -> Double? { shape.losses.error(plan.errorEstimate) }

  private func ratio(of shape: ScoredShape) -> Double? { truth.map { shape.score / $0.loss } }

  // MARK: - Text

  private var text: [String] {
    var rows = [["family", "score", "±", truth == nil ? "" : "ratio", "base LR", "shape"]]
    for shape in ranked {
      rows.append([
        shape.candidate.family.rawValue, significant(shape.score, 6),
        error(of: shape).map { significant($0, 2) } ?? "-",
        ratio(of: shape).map { significant($0, 5) } ?? "",
        significant(shape.baseLearningRate, 5), shape.candidate.spec.text,
      ])
    }
    let tally = search.tally
    var text = [workload.identity, ""] + columns(rows) + [""]
    text.append(
      "  \(grouped(tally.done + tally.failed)) trials: \(grouped(tally.diverged)) diverged, \(grouped(tally.failed)) failed"
    )
    if let truth {
      text.append("  ratio is to \(significant(truth.loss, 6)), the least loss of any schedule")
    }
    if !sweeps.isEmpty, let best = ranked.first {
      text += ["", "one parameter of the best moved"] + sweepRows(best)
    }
    if !projections.isEmpty {
      text += ["", "nearest to the best learning rates of all, in the mean square"]
      text += columns(
        projections.map { projection in
          [
            projection.shape.family.rawValue, significant(projection.distance, 4),
            "base LR \(significant(projection.baseLearningRate, 5))", projection.shape.spec.text,
          ]
        })
    }
    return text
  }

  private func sweepRows(_ best: ScoredShape) -> [String] {
    columns(
      sweeps.map { sweep in
        let gain = sweep.bestScore.map { 1 - $0 / best.score } ?? 0
        return [
          sweep.parameter.name,
          gain > 0 ? "\(significant(gain * 100, 2)) % better" : "no better",
          sweep.points.map { point in
            "\(significant(point.value, 3)): \(point.score.map { significant($0, 5) } ?? "-")"
          }.joined(separator: "  "),
        ]
      })
  }

  // MARK: - JSON and CSV

  private func members(of shape: ScoredShape) -> [String: JSONValue] {
    var members: [String: JSONValue] = [
      "family": .string(shape.candidate.family.rawValue), "score": .number(shape.score),
      "base_lr": .number(shape.baseLearningRate), "shape": .string(shape.candidate.spec.text),
      "seeds": .integer(shape.losses.values.count),
    ]
    members["error"] = .optional(error(of: shape))
    members["ratio_to_optimum"] = .optional(ratio(of: shape))
    return members
  }

  private var json: [String: JSONValue] {
    let tally = search.tally
    var json: [String: JSONValue] = [
      "workload": .string(workload.identity), "steps": .integer(workload.steps),
      "error_estimate": .string(plan.errorEstimate.rawValue),
      "families": .array(ranked.map { .object(members(of: $0)) }),
      "trials": .object([
        "done": .integer(tally.done), "failed": .integer(tally.failed),
        "diverged": .integer(tally.diverged),
      ]),
    ]
    if let best = ranked.first {
      var members = members(of: best)
      members["schedule"] = .array(best.candidate.schedule.multipliers.map { .number($0) })
      json["best"] = .object(members)
    }
    if let truth {
      json["optimum"] = .object([
        "loss": .number(truth.loss), "lr": .array(truth.learningRates.map { .number($0) }),
      ])
    }
    if !sweeps.isEmpty { json["check"] = .array(sweeps.map(sweepJSON)) }
    if !projections.isEmpty {
      json["projections"] = .array(
        projections.map { projection in
          .object([
            "family": .string(projection.shape.family.rawValue),
            "shape": .string(projection.shape.spec.text),
            "base_lr": .number(projection.baseLearningRate),
            "distance": .number(projection.distance),
          ])
        })
    }
    return json
  }

  private func sweepJSON(_ sweep: CoordinateSweep) -> JSONValue {
    let points = sweep.points.map { point -> JSONValue in
      var members: [String: JSONValue] = ["value": .number(point.value)]
      members["score"] = .optional(point.score)
      return .object(members)
    }
    return .object(["parameter": .string(sweep.parameter.name), "points": .array(points)])
  }

  private var csv: [[String]] {
    [["family", "score", "error", "ratio_to_optimum", "base_lr", "shape"]]
      + ranked.map { shape in
        [
          shape.candidate.family.rawValue, "\(shape.score)", error(of: shape).map { "\($0)" } ?? "",
          ratio(of: shape).map { "\($0)" } ?? "", "\(shape.baseLearningRate)",
          shape.candidate.spec.text,
        ]
      }
  }

  // MARK: - Diagnostics

  private var diagnostics: [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    for result in search.families {
      let family = result.family.rawValue
      guard let best = result.best else {
        diagnostics.append(
          Diagnostic(
            code: "no-result",
            message: "\(family) has no result: all its trials diverged or failed"))
        continue
      }
      if best.isAtGridEdge {
        diagnostics.append(
          Diagnostic(
            code: "grid-edge",
            message:
              "the best base learning rate of \(family) lies at the edge of the grid; widen --grid")
        )
      }
    }
    if truth == nil, KnownOptimum.mayBeLocal(for: workload) {
      diagnostics.append(
        Diagnostic(
          code: "optimum-unknown",
          message:
            "the least loss of any schedule is not known here, so that no ratio to it is given: with weight decay or large batches there are many local optima"
        ))
    }
    if let reason = search.tally.reason {
      diagnostics.append(
        Diagnostic(
          code: "failed-trials",
          message: "\(grouped(search.tally.failed)) trials failed, the first with: \(reason)"))
    }
    if let gain = ranked.first.flatMap(betterNeighbour) {
      diagnostics.append(
        Diagnostic(
          code: "not-near-optimal",
          message:
            "moving \(gain.name) makes the best shape \(significant(gain.part * 100, 2)) % better; draw more --shapes"
        ))
    }
    return diagnostics
  }

  /// The parameter whose move lowers the score most, where that is beyond the score's error and a per cent.
  private func betterNeighbour(of best: ScoredShape) -> (name: String, part: Double)? {
    let gains = sweeps.compactMap { sweep in
      sweep.bestScore.map { (name: sweep.parameter.name, part: 1 - $0 / best.score) }
    }
    guard let gain = gains.max(by: { $0.part < $1.part }) else { return nil }
    return gain.part > max(0.01, (error(of: best) ?? 0) / best.score) ? gain : nil
  }
}
