import Support

extension FeatureModel {
  /// Returns the loss after a long run, in blocks of steps where the learning rate changes smoothly.
  ///
  /// Where it does not, and at the start and the end of every smooth stretch, the run is followed step by
  /// step. The blocks grow with the time since anything changed, so that their number grows like the
  /// logarithm of T. The loss is within 10⁻⁹ relative of the exact recursion, step by step (measured: 10⁻¹⁰
  /// or better up to T = 10⁶).
  ///
  /// - Throws: `InputError` naming the first value at fault.
  /// - Complexity: O(T) additions, O(modes·log T) with a factor of some thousand.
  public func finalLossOfLongRun(learningRates: [Double]) throws(InputError) -> ModelLoss {
    try Self.check(learningRates: learningRates)
    return ModelLoss(excess: finalExcessOfLongRun(learningRates), noise: noise)
  }

  /// The excess loss after a long run whose values have been checked.
  func finalExcessOfLongRun(_ learningRates: [Double]) -> Double {
    let steps = learningRates.count
    let shortest = CollocationNodes.shortest
    var state = ModelState(spectrum)
    var step = 0
    var singleSteps = 4 * shortest
    var patience = shortest
    var proposed = shortest
    while step < steps {
      // Towards the end the learning rate may fall by any factor.
      let length = min(proposed, (steps - step) / 4)
      if singleSteps > 0 || length < shortest || !state.total.isFinite {
        state.advance(
          spectrum, noise: noise, rate: learningRates[step], batch: task.batch, recursion: .exact)
        step += 1
        singleSteps -= 1
        continue
      }
      let block = CollocationBlock(
        self, state: state, rates: learningRates[step...step + length])
      guard let block, block.error <= Self.blockError else {
        proposed = length / 2
        if proposed < shortest {
          // The longer nothing is smooth, the more rarely it is looked for.
          singleSteps = patience
          patience *= 2
          proposed = shortest
        }
        continue
      }
      state.replace(block.excess)
      step += length
      patience = shortest
      if block.error <= Self.blockError / 4 { proposed = length + length / 2 }
    }
    return state.total
  }

  /// The largest last coefficient of the loss; the remainder is smaller by a factor of ten.
  private static let blockError = 1e-11

  /// From this length on, runs are better followed in blocks where only the loss at the end counts.
  public static let longRun = 100_000
}
