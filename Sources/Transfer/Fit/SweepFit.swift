import Support

/// All that a sweep shows: the optima, the calibration with its checks, and the loss model.
public struct SweepFit: Sendable {
  /// The sweep with its optima.
  public let sweep: TunedSweep

  /// The exponents that the cells show; nil where they are too few or too much alike.
  public let calibration: Calibration?

  /// How far noise moves the calibration; nil without one.
  public let spread: CalibrationSpread?

  /// How well the cells predict each other; nil where the others of one cannot be calibrated.
  public let check: CalibrationCheck?

  /// The loss fitted across the cells; nil where they are too few, or no start converges.
  public let lossModel: LossModelFit?

  /// What users should know about the sweep and what it leaves open.
  public let diagnostics: [Diagnostic]

  /// Fits everything to a sweep.
  ///
  /// - Parameter sweep: the runs with their optima.
  /// - Throws: `InputError` of kind `unanswerable` where no cell shows an optimum.
  /// - Complexity: 200 bootstrap samples of the cells, and twelve starts of the loss model a cell.
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
          message: "nothing is calibrated, the default rule stands: \(error.problem)"))
    }
    diagnostics += calibration?.diagnostics ?? []
    self.calibration = calibration
    spread = try calibration.map { _ in try CalibrationSpread(of: sweep.cells) }
    check = CalibrationCheck(of: sweep.cells)
    lossModel = LossModelFit(of: sweep.cells)
    self.diagnostics = diagnostics
  }
}
