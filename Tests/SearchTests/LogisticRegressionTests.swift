import Schedules
import Search
import TestSupport
import Testing

@Suite struct LogisticRegressionTests {
  private func loss(
    _ workload: LogisticRegression, _ spec: String, _ rate: Double, seed: Int = 0
  ) throws -> Double {
    let schedule = try ScheduleSpec(spec).schedule(steps: workload.steps)
    let trial = Trial(shape: spec, schedule: schedule, baseLearningRate: rate, seed: seed)
    guard case .loss(let loss) = workload.outcome(of: trial) else { return .infinity }
    return loss
  }

  /// The minimum is that of scikit-learn's solver without a penalty.
  @Test func theDataAreWhole() throws {
    let data = LabelledData.breastCancer
    #expect(data.count == 569 && data.features == 11)
    #expect(data.labels.filter { $0 == 1 }.count == 357)
    let workload = try LogisticRegression(data, steps: 1)
    #expect(abs(try #require(workload.leastLoss) - 0.128409858) < 1e-7)
    #expect(
      relativeError(workload.loss(at: [Double](repeating: 0, count: 11)), 0.6931471805599453)
        < 1e-15)
  }

  @Test func trainingComesNearTheMinimum() throws {
    let workload = try LogisticRegression(.breastCancer, steps: 1000)
    let least = try #require(workload.leastLoss)
    let cosine = try loss(workload, "cosine", 1)
    #expect(cosine > least && cosine < least * 1.2)
    #expect(try loss(workload, "cosine", 1) == cosine)
    #expect(try loss(workload, "cosine", 1, seed: 1) != cosine)
    #expect(try loss(workload, "constant", 1e3) > 2 * least)
  }

  /// One full batch: a step is gradient descent, whose slope is that of the loss.
  @Test func aFullBatchIsGradientDescent() throws {
    let data = LabelledData.synthetic(count: 40, dimension: 3)
    let workload = try LogisticRegression(data, steps: 1, batch: 40)
    func value(_ weights: [Double]) -> Double { workload.loss(at: weights) }
    var squares = 0.0
    for feature in 0..<data.features {
      var (up, down) = ([0.0, 0, 0, 0], [0.0, 0, 0, 0])
      up[feature] = 1e-4
      down[feature] = -1e-4
      let slope = (value(up) - value(down)) / 2e-4
      squares += slope * slope
    }
    let start = value([0, 0, 0, 0])
    #expect(abs((start - (try loss(workload, "constant", 1e-4))) / (1e-4 * squares) - 1) < 1e-3)
  }

  @Test func theBallHoldsTheBestWeights() throws {
    let free = try LogisticRegression(.breastCancer, steps: 50)
    let bounded = try #require(free.inSmallestBall)
    #expect(relativeError(try #require(bounded.radius), 16.20481107923187) < 1e-6)
    #expect(bounded.leastLoss == free.leastLoss && bounded.identity != free.identity)
    #expect(try loss(bounded, "constant", 0.01) == loss(free, "constant", 0.01))
    #expect(try loss(bounded, "constant", 1e3) < loss(free, "constant", 1e3) / 2)
  }

  @Test func weightDecayShrinksTheWeights() throws {
    let plain = try LogisticRegression(.breastCancer, steps: 500)
    let decayed = try LogisticRegression(.breastCancer, steps: 500, weightDecay: 0.1)
    #expect(plain.identity != decayed.identity)
    #expect(try loss(decayed, "cosine", 1) > loss(plain, "cosine", 1) * 1.2)
  }

  @Test func separableDataHaveNoMinimum() throws {
    let workload = try LogisticRegression(.synthetic(count: 4, dimension: 12), steps: 1, batch: 1)
    #expect(workload.leastLoss == nil)
    let noisy = try LogisticRegression(.synthetic(), steps: 2000)
    let least = try #require(noisy.leastLoss)
    let found = try loss(noisy, "linear", 1)
    #expect(found < least * 1.1, "\(found / least)")
  }
}
