import Support

extension BatchRamp {
  /// Trades the optimum's falling learning rate for growing batches, at several constant learning rates.
  ///
  /// These default to 1, 2, 4, … times the optimum's highest, up to its cap. Fails for one at which steps
  /// would have less than one example.
  public static func ramps(
    from best: OptimalModelSchedule, of model: FeatureModel, learningRates: [Double]?
  ) throws -> [BatchRamp] {
    let highest = best.learningRates.max() ?? best.cap
    let rates =
      learningRates ?? (0..<6).map { highest * Double(1 << $0) }.filter { $0 <= best.cap }
    let least = highest / model.task.batch
    for rate in rates where rate < least * (1 - 1e-9) {
      throw InputError(
        problem: "at the learning rate \(decimalText(rate)) steps would have less than one example",
        hint: "give \(significant(least, 6)) or more")
    }
    return try rates.map {
      try BatchRamp(from: best.learningRates, of: model, learningRate: $0)
    }
  }
}
