import Charts
import Glibc
import Support
import Transfer

/// What `lrbound fit` answers: of a sweep its cells, calibration and loss model, of curves three laws.
struct FitBody: Codable {
  var noise: Double?
  var cells: [CellBody]?
  var calibration: CalibrationBody?
  var lossModel: LossModelBody?
  var curveLaws: [CurveLawBody]?
}

/// A cell of a sweep: a schedule at a number of steps.
struct CellBody: Codable {
  /// One of the fitted forms.
  struct Form: Codable {
    let form: FittedForm
    let weight: Double
    let optimum: Double?
  }

  /// The replicates at one base learning rate.
  struct Point: Codable {
    let baseLearningRate: Double
    let loss: Double
    let runs: Int
  }

  let spec: String
  let steps: Int
  let batchTokens: Int?
  let optimum: Double
  let interval: [Double]
  let noiseSd: Double
  let formSd: Double
  let forms: [Form]
  var file: String?
  var points: [Point]?
  var noise: Double?
  var diverged: [Double]?
  var bootstrapSd: Double?
  var heldOutLogError: Double?

  init(_ tuned: TunedCell, file: String? = nil) {
    let (cell, optimum) = (tuned.cell, tuned.optimum)
    (spec, steps, batchTokens) = (cell.spec.canonical, cell.steps, cell.batchTokens)
    self.optimum = optimum.baseLearningRate
    interval = optimum.interval.ends
    (noiseSd, formSd) = (optimum.noiseDeviation, optimum.formDeviation)
    forms = optimum.estimates.map {
      Form(form: $0.form, weight: $0.weight, optimum: $0.baseLearningRate)
    }
    self.file = file
  }

  /// The cell with its runs, and how well it is known.
  init(_ tuned: TunedCell, bootstrapDeviation: Double?, heldOutError: Double?) {
    self.init(tuned)
    points = tuned.cell.points.map {
      Point(baseLearningRate: $0.baseLearningRate, loss: $0.loss, runs: $0.runs)
    }
    (noise, diverged) = (tuned.cell.noise, tuned.cell.diverged)
    (bootstrapSd, heldOutLogError) = (bootstrapDeviation, heldOutError)
  }
}

/// The exponents of γ* ∝ (S/T)^-a · V^-b · law(B, D) · T^-δ.
struct CalibrationBody: Codable {
  /// Standard deviations of the exponents; 0 for a and b that are not fitted.
  struct Deviations: Codable {
    let a: Double
    let b: Double
    let horizonExponent: Double

    init(_ exponents: Calibration.Exponents, horizonExponent: Double) {
      (a, b) = (exponents.stepSum, exponents.noiseSum)
      self.horizonExponent = horizonExponent
    }
  }

  /// The cell at which p is given, the longest.
  struct Place: Codable {
    let steps: Int
    let batchTokens: Int?
  }

  let scope: Calibration.Scope
  let a: Double
  let b: Double
  let horizonOffset: Double
  let horizonExponent: Double
  let horizonInterval: [Double]
  let at: Place
  let lawConstant: Double
  let lawConstantLogSd: Double?
  let sd: Deviations
  let shapeSd: Double
  let bootstrapSd: Deviations?
  let heldOutLogError: Double?

  init(_ calibration: Calibration, of fit: SweepFit) {
    let (exponents, horizon) = (calibration.exponents, fit.longestHorizon)
    scope = calibration.scope
    (a, b) = (exponents.stepSum, exponents.noiseSum)
    horizonOffset = exponents.horizonOffset
    horizonExponent = calibration.horizonExponent(at: horizon)
    horizonInterval = calibration.horizonInterval(at: horizon).ends
    at = Place(steps: horizon.steps, batchTokens: horizon.batchTokens)
    lawConstant = calibration.law.constant
    lawConstantLogSd = calibration.isLawFitted ? calibration.lawConstantLogDeviation : nil
    sd = Deviations(
      calibration.deviations, horizonExponent: calibration.horizonDeviation(at: horizon))
    shapeSd = calibration.shapeDeviation
    bootstrapSd = fit.spread.map {
      Deviations($0.deviations, horizonExponent: $0.deviations.horizonOffset)
    }
    heldOutLogError = fit.check?.error
  }
}

/// The loss C + A·(γS)^-α + B·γ^q·V^r.
struct LossModelBody: Codable {
  let constant: Double
  let logBias: Double
  let alpha: Double
  let logNoise: Double
  let q: Double
  let r: Double
  let a: Double
  let b: Double
  let rms: Double
  let heldOutRms: Double?

  private enum CodingKeys: String, CodingKey {
    case alpha, q, r, a, b, rms, heldOutRms
    case constant = "C"
    case logBias = "log_A"
    case logNoise = "log_B"
  }
}

extension FitBody {
  static func report(_ fit: SweepFit) -> Report<FitBody> {
    let cells = fit.sweep.cells
    let body = FitBody(
      noise: fit.sweep.sweep.noise.typical,
      cells: cells.indices.map { index in
        CellBody(
          cells[index], bootstrapDeviation: fit.spread?.optimumDeviations[index],
          heldOutError: fit.check?.errors[index])
      },
      calibration: fit.calibration.map { CalibrationBody($0, of: fit) },
      lossModel: fit.lossModel.map { fit in
        let model = fit.model
        return LossModelBody(
          constant: model.constant, logBias: model.logBias, alpha: model.biasExponent,
          logNoise: model.logNoise, q: model.rateExponent, r: model.noiseSumExponent,
          a: model.optimumStepSumExponent, b: model.optimumNoiseSumExponent,
          rms: fit.trainingError, heldOutRms: fit.heldOutError)
      })
    return Report(
      body,
      csv: .records(
        body.cells ?? [], "spec", "steps", "batch_tokens", "optimum", "interval_low=interval.0",
        "interval_high=interval.1", "bound=forms.0.optimum", "steep=forms.1.optimum",
        "parabola=forms.2.optimum"),
      diagnostics: fit.diagnostics,
      assumptions: [
        fit.sweep.noiseAssumption,
        "same model, data,\(cells.hasSeveralBatches ? "" : " batch size,") optimiser and weight decay in all runs",
      ], chart: { chart(cells) },
      text: {
        let facts = calibrationFacts(fit) + lossFacts(fit.lossModel)
        return [.table(cellRows(cells))] + (facts.isEmpty ? [] : [.facts(facts)])
      })
  }

  private static func cellRows(_ cells: [TunedCell]) -> [[String]] {
    [["cell", "steps", "batch", "LRs", "γ*", "interval", "A/γ + Bγ", "γ^-1/2, γ²", "parabola"]]
      + cells.map { tuned in
        [
          tuned.cell.spec.canonical, grouped(tuned.cell.steps),
          tuned.cell.batchTokens.map { grouped($0) } ?? "–", "\(tuned.cell.points.count)",
          significant(tuned.optimum.baseLearningRate), lrbound.interval(tuned.optimum.interval),
        ]
          + tuned.optimum.estimates.map { $0.baseLearningRate.map { significant($0, 3) } ?? "–" }
      }
  }

  private static func calibrationFacts(_ fit: SweepFit) -> [[String]] {
    guard let calibration = fit.calibration else { return [] }
    let (exponents, deviations) = (calibration.exponents, calibration.deviations)
    let bootstrap = fit.spread?.deviations
    let horizon = fit.longestHorizon
    func line(_ value: Double, _ deviation: Double, _ bootstrap: Double?) -> String {
      guard deviation > 0 else {
        return "\(significant(value, 3))  the bound's: there is one shape"
      }
      let noise =
        bootstrap.map { "; the runs' noise alone moves it by \(significant($0, 2))" } ?? ""
      return "\(significant(value, 3)) ± \(significant(deviation, 2))\(noise)"
    }
    let place =
      "at \(grouped(horizon.steps)) steps"
      + (horizon.batchTokens.map { " of \(grouped($0)) tokens" } ?? "")
    let exponent = calibration.horizonExponent(at: horizon)
    let interval = lrbound.interval(calibration.horizonInterval(at: horizon), 2)
    var facts = [
      [
        "calibration",
        "γ* ∝ (S/T)^-a · V^-b, and T^-p at one shape and batch; from \(calibration.sources.count) cells",
      ],
      ["a", line(exponents.stepSum, deviations.stepSum, bootstrap?.stepSum)],
      ["b", line(exponents.noiseSum, deviations.noiseSum, bootstrap?.noiseSum)],
      [
        "p",
        (calibration.isHorizonFitted
          ? line(exponent, calibration.horizonDeviation(at: horizon), bootstrap?.horizonOffset)
          : "\(significant(exponent, 3))  the law's: there are too few horizons")
          + "; 95 %: \(interval) \(place)",
      ],
    ]
    if calibration.isLawFitted {
      let factor = exp(calibration.lawConstantLogDeviation)
      facts.append([
        "B_c",
        "\(significant(calibration.law.constant, 3))·√D, × or ÷ \(significant(factor, 3)), from \(calibration.batches.count) batches (usual: \(significant(HorizonBatchLaw.usualConstant, 3))·√D)",
      ])
    }
    if let check = fit.check {
      facts.append([
        "left out",
        "each cell's γ* from the others: off by \(significant(check.error, 2)) in ln γ (rms)",
      ])
    }
    return facts
  }

  private static func lossFacts(_ fit: LossModelFit?) -> [[String]] {
    guard let fit else { return [] }
    let model = fit.model
    let held = fit.heldOutError.map { "; each cell from the others: \(fixed($0 * 1000))" }
    return [
      ["loss", "C + A·(γS)^-α + B·γ^q·V^r"],
      [
        "",
        "C \(significant(model.constant)), α \(significant(model.biasExponent, 3)), q \(significant(model.rateExponent, 3)), r \(significant(model.noiseSumExponent, 3))",
      ],
      ["", "off by \(fixed(fit.trainingError * 1000))\(held ?? "") (rms, 10^-3 nats)"],
    ]
  }

  /// The final losses over the swept base learning rates, cell by cell.
  private static func chart(_ cells: [TunedCell]) -> Chart {
    func name(_ tuned: TunedCell) -> String {
      "\(tuned.cell.spec.canonical), \(grouped(tuned.cell.steps)) steps"
        + (tuned.cell.batchTokens.map { " of \(grouped($0)) tokens" } ?? "")
    }
    // With more cells, the lines that mark the optima would hide the losses.
    let marked = cells.count <= 3 ? cells : []
    return Chart(
      title: "Final losses of the sweep",
      x: ChartAxis("base learning rate", spacing: .logarithmic),
      y: ChartAxis("final loss", unit: "nats"),
      series: cells.map { tuned in
        ChartSeries(
          name(tuned), x: .values(tuned.cell.points.map(\.baseLearningRate)),
          .line(tuned.cell.points.map(\.loss)))
      },
      references: marked.map { tuned in
        ChartReference("γ* of \(name(tuned))", at: .vertical(tuned.optimum.baseLearningRate))
      })
  }
}

extension SweepFit {
  /// The longest cell's length and batch.
  fileprivate var longestHorizon: Horizon {
    let run = sweep.cells.map(\.run).max { $0.steps < $1.steps }
    guard let run else { preconditionFailure("a fit has a cell") }
    return run.horizon
  }
}

extension FittedForm: Codable {}
extension Calibration.Scope: Codable {}
