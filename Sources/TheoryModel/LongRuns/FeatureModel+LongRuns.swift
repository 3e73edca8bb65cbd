import Support

extension FeatureModel {
  /// Returns the loss after a long run, in blocks of steps where the learning rate changes smoothly.
  ///
  /// Elsewhere, and at both ends of every smooth stretch, single steps are taken. Blocks grow with the time
  /// since the last change, so the run takes O(T) additions and O(modes·log T) with a factor of some thousand.
  /// The loss is within 10⁻⁹ relative of single exact steps (measured: 10⁻¹⁰ or better up to T = 10⁶).
  public func finalLossOfLongRun(learningRates: [Double]) throws(InputError) -> ModelLoss {
    try Self.check(learningRates: learningRates)
    return ModelLoss(excess: finalExcessOfLongRun(learningRates), noise: noise)
  }

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
          // The longer the rates are not smooth, the less often a block is tried.
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

  /// The largest last coefficient of the loss; the remainder is ten times smaller.
  private static let blockError = 1e-11

  /// From this length on, blocks are faster if only the final loss is needed.
  public static let longRun = 100_000
}
