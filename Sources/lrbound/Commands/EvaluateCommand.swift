import ArgumentParser
import Runs
import Support
import Transfer

/// `lrbound evaluate`: how well each rule predicts the optima of a sweep.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "How well every rule predicts the optima of your sweep, cell from cell.",
    discussion: """
        lrbound evaluate sweep.csv
        lrbound evaluate sweep.csv --json
        lrbound evaluate runs/*.json

      A cell is a schedule at a number of steps, swept over three base learning rates or more. For every \
      ordered pair of cells each rule predicts the tuned base learning rate of the one from that of the \
      other; then each cell is predicted from all others at once (the geometric mean). Regrets are in \
      thousandths of a nat, mean and worst: at the tested learning rate nearest to the prediction, and on \
      the fitted curves C + A/γ + Bγ and C + A·γ^-1/2 + B·γ². |ln| is |ln(predicted/measured)|. Covered \
      counts the measured optima inside the interval, whose median high/low stands beside. The calibrated \
      rule never sees the target.

      \(LoggedRunOptions.discussion)
      """)

  @Argument(
    help: "Sweeps: spec (or family, cooldown), steps, base_lr, final_loss; or logs of runs.",
    completion: .file())
  var sweeps: [String]

  @OptionGroup var logged: LoggedRunOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let reading = try logged.read(sweeps)
    let progress = ProgressLine(isWanted: true)
    let evaluation: SweepEvaluation
    do {
      evaluation = try SweepEvaluation(of: reading.cells) { done in
        progress.show("\(done) of \(reading.cells.count) cells")
      }
      progress.end()
    } catch let error as EvaluationError {
      progress.end()
      throw InputError(path: reading.path, problem: error.problem, hint: error.hint)
    }
    let report = Report(
      command: "evaluate", text: text(of: evaluation), json: json(of: evaluation),
      csv: csv(of: evaluation), diagnostics: reading.diagnostics,
      assumptions: [
        reading.noiseAssumption,
        "the measured optimum is the mean of three fitted forms, weighted by their evidence",
      ])
    try report.print(as: output.format)
  }

  // MARK: - Printing

  private static let kinds: [(name: String, title: String)] = [
    ("pairs", "every cell from every other"), ("others", "every cell from all others"),
  ]

  private func predictions(_ kind: String, _ evaluation: SweepEvaluation)
    -> [SweepEvaluation.Prediction]
  {
    kind == "pairs" ? evaluation.pairs : evaluation.fromOthers
  }

  private func text(of evaluation: SweepEvaluation) -> [String] {
    var lines = [
      "\(evaluation.cells.count) cells; regret in 10^-3 nats, mean and worst"
    ]
    for (kind, title) in Self.kinds {
      var rows = [
        [
          title, "n", "nearest LR", "", "A/γ + Bγ", "", "γ^-1/2, γ²", "", "|ln|", "", "covered",
          "high/low",
        ]
      ]
      for rule in BaselineRule.allCases {
        guard let score = RuleScore(of: rule, in: predictions(kind, evaluation)) else {
          rows.append([rule.title, "0"] + [String](repeating: "–", count: 10))
          continue
        }
        func pair(_ extent: RuleScore.Extent?, _ scale: Double) -> [String] {
          guard let extent else { return ["–", "–"] }
          return [fixed(extent.mean * scale), fixed(extent.worst * scale)]
        }
        rows.append(
          [rule.title, "\(score.predictions)"] + pair(score.regret, 1000)
            + pair(score.boundRegret, 1000) + pair(score.steepRegret, 1000) + pair(score.error, 1)
            + [
              score.covered.map { "\($0)/\(score.predictions)" } ?? "–",
              score.medianWidth.map { fixed($0) } ?? "–",
            ])
      }
      lines += [""] + columns(rows)
    }
    let absences = BaselineRule.allCases.compactMap { rule in
      evaluation.absence(of: rule).map { "\(rule.title) \($0)" }
    }
    return absences.isEmpty ? lines : lines + [""] + absences
  }

  private func json(of evaluation: SweepEvaluation) -> [String: JSONValue] {
    func extent(_ extent: RuleScore.Extent?) -> JSONValue? {
      extent.map { .object(["mean": .number($0.mean), "worst": .number($0.worst)]) }
    }
    func rules(_ kind: String) -> JSONValue {
      .array(
        BaselineRule.allCases.map { rule in
          var members: [String: JSONValue] = ["rule": .string(rule.rawValue)]
          guard let score = RuleScore(of: rule, in: predictions(kind, evaluation)) else {
            members["absent"] = .string(evaluation.absence(of: rule) ?? "predicts nothing")
            return .object(members)
          }
          members["predictions"] = .integer(score.predictions)
          members["regret"] = extent(score.regret)
          members["smooth_regret_bound"] = extent(score.boundRegret)
          members["smooth_regret_steep"] = extent(score.steepRegret)
          members["log_error"] = extent(score.error)
          members["covered"] = score.covered.map { .integer($0) }
          members["median_width"] = .optional(score.medianWidth)
          return .object(members)
        })
    }
    return [
      "cells": .array(evaluation.cells.map { .object($0.json) }), "pairs": rules("pairs"),
      "others": rules("others"),
      "predictions": .array(
        (evaluation.pairs + evaluation.fromOthers).map { prediction in
          var members: [String: JSONValue] = [
            "rule": .string(prediction.rule.rawValue), "target": .integer(prediction.target),
            "base_lr": .number(prediction.baseLearningRate), "regret": .number(prediction.regret),
            "log_error": .number(prediction.error),
          ]
          members["source"] = prediction.source.map { .integer($0) }
          members["interval"] = prediction.interval.map {
            .array([.number($0.lowerBound), .number($0.upperBound)])
          }
          members["smooth_regret_bound"] = .optional(prediction.smoothRegret.bound)
          members["smooth_regret_steep"] = .optional(prediction.smoothRegret.steep)
          return .object(members)
        }),
    ]
  }

  private func csv(of evaluation: SweepEvaluation) -> [[String]] {
    var rows = [
      [
        "from", "rule", "predictions", "regret_mean", "regret_worst", "smooth_bound_mean",
        "smooth_bound_worst", "smooth_steep_mean", "smooth_steep_worst", "log_error_mean",
        "log_error_worst", "covered", "median_width", "absent",
      ]
    ]
    for (kind, _) in Self.kinds {
      for rule in BaselineRule.allCases {
        guard let score = RuleScore(of: rule, in: predictions(kind, evaluation)) else {
          let blanks = [String](repeating: "", count: 10)
          rows.append([kind, rule.rawValue, "0"] + blanks + [evaluation.absence(of: rule) ?? ""])
          continue
        }
        func pair(_ extent: RuleScore.Extent?) -> [String] {
          [extent.map { "\($0.mean)" } ?? "", extent.map { "\($0.worst)" } ?? ""]
        }
        rows.append(
          [kind, rule.rawValue, "\(score.predictions)"] + pair(score.regret)
            + pair(score.boundRegret) + pair(score.steepRegret) + pair(score.error)
            + [
              score.covered.map { "\($0)" } ?? "", score.medianWidth.map { "\($0)" } ?? "", "",
            ])
      }
    }
    return rows
  }
}
