import Charts
import Runs
import Support
import Transfer

/// What `lrbound fit` says of a sweep: the optima, the calibration, the loss model.
struct SweepFitReport {
  private let reading: TunedSweep
  private let calibration: Calibration?
  private let spread: CalibrationSpread?
  private let check: CalibrationCheck?
  private let lossModel: LossModelFit?
  private var diagnostics: [Diagnostic]

  init(of reading: TunedSweep) throws {
    self.reading = reading
    diagnostics = reading.diagnostics
    guard !reading.cells.isEmpty else {
      throw NoAnswer(
        description:
          "\(reading.path): no schedule at any number of steps shows an optimum; sweep at least three base learning rates around the best"
      )
    }
    var fitted: SweepCalibration?
    do {
      fitted = try SweepCalibration(of: reading.cells, path: reading.path)
    } catch let error as InputError {
      diagnostics.append(
        Diagnostic(
          code: reading.cells.count == 1 ? "one-cell" : "no-contrast",
          message: "nothing is calibrated, the default rule stands: \(error.problem)"))
    }
    calibration = fitted?.calibration
    diagnostics += fitted?.diagnostics ?? []
    spread = try fitted.map { _ in try CalibrationSpread(of: reading.cells) }
    check = CalibrationCheck(of: reading.cells)
    lossModel = LossModelFit(of: reading.cells)
  }

  /// Writes the calibration; that there is none is a fault of the file.
  func writeCalibration(to path: String) throws {
    if let calibration {
      try calibration.write(to: path)
    } else {
      _ = try SweepCalibration(of: reading.cells, path: reading.path)
    }
  }

  /// The losses that were fitted.
  var chart: Chart { SweepFitChart(reading.cells).chart }

  var report: Report {
    Report(
      command: "fit", text: text, json: json, csv: csv, diagnostics: diagnostics,
      assumptions: [
        reading.noiseAssumption,
        "same model, data, batch size, optimiser and weight decay in all runs",
      ])
  }

  private var text: [String] {
    var rows = [["cell", "steps", "LRs", "γ*", "interval", "A/γ + Bγ", "γ^-1/2, γ²", "parabola"]]
    for tuned in reading.cells {
      let optimum = tuned.optimum
      rows.append(
        [
          tuned.cell.spec.canonical, grouped(tuned.cell.steps), "\(tuned.cell.points.count)",
          significant(optimum.baseLearningRate),
          "\(significant(optimum.interval.lowerBound, 3)) … \(significant(optimum.interval.upperBound, 3))",
        ]
          + optimum.estimates.map { $0.baseLearningRate.map { significant($0, 3) } ?? "–" })
    }
    var lines = columns(rows)
    var facts: [[String]] = []
    if let calibration {
      let (exponents, deviations) = (calibration.exponents, calibration.deviations)
      func line(_ value: Double, _ deviation: Double, _ bootstrap: Double?) -> String {
        guard deviation > 0 else { return "\(significant(value, 3))  held at the default's" }
        let noise =
          bootstrap.map { "; the runs' noise alone moves it by \(significant($0, 2))" } ?? ""
        return "\(significant(value, 3)) ± \(significant(deviation, 2))\(noise)"
      }
      let interval = calibration.horizonInterval
      facts += [
        ["calibration", "γ* ∝ (S/T)^-a · V^-b · T^-p, from \(calibration.sources.count) cells"],
        ["a", line(exponents.stepSum, deviations.stepSum, spread?.deviations.stepSum)],
        ["b", line(exponents.noiseSum, deviations.noiseSum, spread?.deviations.noiseSum)],
        [
          "p",
          calibration.scope == .shape
            ? "\(significant(exponents.horizon, 3))  the default's: there is one horizon"
            : line(exponents.horizon, deviations.horizon, spread?.deviations.horizon)
              + "; 95 %: \(significant(interval.lowerBound, 2)) … \(significant(interval.upperBound, 2))",
        ],
      ]
      if let check {
        facts.append([
          "left out",
          "each cell's γ* from the others: off by \(significant(check.error, 2)) in ln γ (rms)",
        ])
      }
    }
    if let lossModel {
      let model = lossModel.model
      let held = lossModel.heldOutError.map {
        "; each cell from the others: \(fixed($0 * 1000))"
      }
      facts += [
        ["loss", "C + A·(γS)^-α + B·γ^q·V^r"],
        [
          "",
          "C \(significant(model.constant)), α \(significant(model.biasExponent, 3)), q \(significant(model.rateExponent, 3)), r \(significant(model.noiseSumExponent, 3))",
        ],
        ["", "off by \(fixed(lossModel.trainingError * 1000))\(held ?? "") (rms, 10^-3 nats)"],
      ]
    }
    if !facts.isEmpty { lines += [""] + columns(facts) }
    return lines
  }

  private var json: [String: JSONValue] {
    var members: [String: JSONValue] = [
      "noise": .number(reading.sweep.noise.typical),
      "cells": .array(
        reading.cells.enumerated().map { index, tuned in
          var members = tuned.json
          members["points"] = .array(
            tuned.cell.points.map {
              .object([
                "base_lr": .number($0.baseLearningRate), "loss": .number($0.loss),
                "runs": .integer($0.runs),
              ])
            })
          members["noise"] = .number(tuned.cell.noise)
          members["diverged"] = .array(tuned.cell.diverged.map { .number($0) })
          members["bootstrap_sd"] = .optional(spread?.optimumDeviations[index])
          members["held_out_log_error"] = .optional(check?.errors[index])
          return .object(members)
        }),
    ]
    func object(_ exponents: Calibration.Exponents) -> JSONValue {
      .object([
        "a": .number(exponents.stepSum), "b": .number(exponents.noiseSum),
        "horizon_exponent": .number(exponents.horizon),
      ])
    }
    members["calibration"] = calibration.map { calibration in
      var members: [String: JSONValue] = [
        "a": .number(calibration.exponents.stepSum), "b": .number(calibration.exponents.noiseSum),
        "c": .number(calibration.exponents.length),
        "horizon_exponent": .number(calibration.exponents.horizon),
        "horizon_interval": .array([
          .number(calibration.horizonInterval.lowerBound),
          .number(calibration.horizonInterval.upperBound),
        ]),
        "scope": .string(calibration.scope.rawValue), "sd": object(calibration.deviations),
        "shape_sd": .number(calibration.shapeDeviation),
      ]
      members["bootstrap_sd"] = spread.map { object($0.deviations) }
      members["held_out_log_error"] = .optional(check?.error)
      return .object(members)
    }
    members["loss_model"] = lossModel.map { fit in
      var members: [String: JSONValue] = [
        "C": .number(fit.model.constant), "log_A": .number(fit.model.logBias),
        "alpha": .number(fit.model.biasExponent), "log_B": .number(fit.model.logNoise),
        "q": .number(fit.model.rateExponent), "r": .number(fit.model.noiseSumExponent),
        "a": .number(fit.model.optimumStepSumExponent),
        "b": .number(fit.model.optimumNoiseSumExponent), "rms": .number(fit.trainingError),
      ]
      members["held_out_rms"] = .optional(fit.heldOutError)
      return .object(members)
    }
    return members
  }

  private var csv: [[String]] {
    [["spec", "steps", "optimum", "interval_low", "interval_high", "bound", "steep", "parabola"]]
      + reading.cells.map { tuned in
        let optimum = tuned.optimum
        return [
          tuned.cell.spec.canonical, "\(tuned.cell.steps)", "\(optimum.baseLearningRate)",
          "\(optimum.interval.lowerBound)", "\(optimum.interval.upperBound)",
        ]
          + optimum.estimates.map { $0.baseLearningRate.map { "\($0)" } ?? "" }
      }
  }
}
