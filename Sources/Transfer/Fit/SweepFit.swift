import Support

/// The results of a sweep: optima, calibration with checks, and loss model.
public struct SweepFit: Sendable {
  /// The sweep with its optima.
  public let sweep: TunedSweep

  /// The fitted exponents; nil if the cells are too few or too similar.
  public let calibration: Calibration?

  /// The effect of noise on the calibration; nil without one.
  public let spread: CalibrationSpread?

  /// How well the cells predict each other; nil if they cannot be calibrated without one.
  public let check: CalibrationCheck?

  /// The loss fitted across the cells; nil if they are too few or no start converges.
  public let lossModel: LossModelFit?

  /// Caveats about the sweep and the fits.
  public let diagnostics: [Diagnostic]

  /// Fits everything to a sweep; throws `InputError` of kind `unanswerable` if no cell shows an optimum.
  public init(of sweep: TunedSweep) throws {
    guard !sweep.cells.isEmpty else {
      throw InputError(
        .unanswerable, sweep.path,
        problem: "no schedule at any number of steps shows an optimum",
        hint: "sweep at least three base learning rates around the best")
    }
    self.sweep = sweep
    var diagnostics = sweep.diagnostics
    var calibration: Calibration?
    do {
      calibration = try sweep.calibration()
    } catch let error as InputError {
      diagnostics.append(
        Diagnostic(
          code: sweep.cells.count == 1 ? "one-cell" : "no-contrast",
          message: "no calibration, so the default rule applies: \(error.problem)"))
    }
    diagnostics += calibration?.diagnostics ?? []
    self.calibration = calibration
    spread = try calibration.map { _ in try CalibrationSpread(of: sweep.cells) }
    check = CalibrationCheck(of: sweep.cells)
    lossModel = LossModelFit(of: sweep.cells)
    if sweep.cells.hasSeveralBatches {
      diagnostics.append(
        Diagnostic(
          code: "no-loss-model",
          message:
            "the sweep has several batches, which the loss C + A·(γS)^-α + B·γ^q·V^r does not know: it is not fitted"
        ))
    }
    self.diagnostics = diagnostics
  }
}
