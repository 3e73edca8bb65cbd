import TestSupport
import Testing
import TheoryModel

@Suite struct PhaseTests {
  struct Constants: Sendable {
    let a: Double
    let b: Double
    /// s, f, κ.
    let kernel: [Double]
    /// τ, η_1 and excess in the easy phase; ξ, δ; η and excess of the best constant.
    let easy: [Double]
    let exponents: [Double]
    let constant: [Double]
    /// x_a, steps and fraction of the cooldown, excess.
    let hard: [Double]
  }

  /// m = 1, σ² = 1, T = 4096, cap 0.5, to the digits printed.
  static let constants: [Constants] = [
    Constants(
      a: 3, b: 1.5, kernel: [1.333333333, 0.2362527693, 0.2362527693],
      easy: [30.16988933, 0.02209708691, 0.00754628506], exponents: [0.5, 2],
      constant: [0.004688890134, 0.01071799837],
      hard: [298779.549, 1792677.294, 437.6653549, 9.083857336e-06]),
    Constants(
      a: 2, b: 1.25, kernel: [0.8, 0.5349395028, 0.3197249264],
      easy: [79.43374991, 0.04848251337, 0.03230952797], exponents: [0.375, 1.5],
      constant: [0.009750402877, 0.05040471551],
      hard: [40796.36464, 203981.8232, 49.8002498, 0.00120016431]),
    Constants(
      a: 2, b: 4, kernel: [0.25, 0.7621905937, 0.068309731],
      easy: [509943.3907, 995.9831849, 0.05704440947], exponents: [0, 7],
      constant: [0.08219952287, 0.2224161335],
      hard: [86.82306254, 1389.169001, 0.339152588, 0.1133003096]),
    Constants(
      a: 1.5, b: 3, kernel: [0.1666666667, 1.65300793, 0.09478231644],
      easy: [984351.3479, 1441.92092, 0.2486038439], exponents: [0, 5],
      constant: [0.1561612011, 0.6570012743],
      hard: [72.32278612, 867.8734334, 0.2118831625, 0.4638596668]),
  ]

  @Test(arguments: constants)
  func closedForms(_ expected: Constants) throws {
    let task = try ModelTask(
      taskExponent: expected.a, spectrumExponent: expected.b, noise: .variance(1))
    let found = try PhaseConstants(of: task, steps: 4096, cap: 0.5)
    func agree(_ values: [Double], _ references: [Double]) {
      #expect(values.count == references.count)
      for (value, reference) in zip(values, references) {
        #expect(abs(value - reference) <= 1.1e-9 * abs(reference), "\(value) \(reference)")
      }
    }
    agree([task.sourceExponent, found.signal, found.noise], expected.kernel)
    agree(
      [found.easyIntrinsicTime, found.easyBaseLearningRate, found.easyExcess], expected.easy)
    agree([found.constantLearningRate, found.constantExcess], expected.constant)
    agree(
      [
        found.hardCooldownTime, found.hardCooldownSteps, found.hardCooldownFraction,
        found.hardExcess,
      ], expected.hard)
    let phase = try Phase(of: task)
    agree([phase.horizonExponent, phase.annealingPower], expected.exponents)
    #expect(phase.kind == (expected.a > expected.b ? .easy : .hard))
  }

  @Test func kernels() throws {
    let easy = try ReferenceTests.model(3, 1.5)
    let hard = try ReferenceTests.model(1.5, 2.5)
    let times = [0.0, 1, 5]
    let signals: [[Double]] = [
      [1.2002220387226148, 0.2542622621363394, 0.025969450787680808],
      [2.1200658477524255, 1.1124536879409974, 0.6693291030358425],
    ]
    let noises: [[Double]] = [
      [1.2002220387226148, 0.2542622621363394, 0.025969450787680808],
      [1.0369243925154532, 0.16238273872169298, 0.008770372432816977],
    ]
    for (index, model) in [easy, hard].enumerated() {
      for (place, time) in times.enumerated() {
        #expect(
          relativeError(model.remainingSignal(after: time), signals[index][place]) < 1e-13)
        #expect(relativeError(model.remainingNoise(after: time), noises[index][place]) < 1e-13)
      }
    }
  }

  @Test func exponents() throws {
    let easy = try Phase(of: ModelTask(taskExponent: 3, spectrumExponent: 1.5, noise: .variance(1)))
    #expect(relativeError(easy.lossExponent, 2.0 / 3) < 1e-15)
    #expect(relativeError(easy.constantLossExponent, 2 / 3.5) < 1e-15)
    #expect(easy.annealedFractionExponent == 0)
    #expect(relativeError(easy.computeFeaturesExponent, 1.0 / 4) < 1e-15)
    // A tail steep enough reaches the optimum's exponent, and then its ξ.
    let steep = easy.fixedShape(tailPower: 5)
    #expect(relativeError(steep.loss, easy.lossExponent) < 1e-15)
    #expect(relativeError(steep.baseLearningRate, easy.horizonExponent) < 1e-15)
    let constant = easy.fixedShape(tailPower: 0)
    #expect(relativeError(constant.loss, easy.constantLossExponent) < 1e-15)
    #expect(relativeError(constant.baseLearningRate, easy.constantLossExponent) < 1e-15)
    let hard = try Phase(of: ModelTask(taskExponent: 2, spectrumExponent: 4, noise: .variance(1)))
    #expect(hard.horizonExponent == 0 && hard.lossExponent == 0.25)
    #expect(relativeError(hard.annealedFractionExponent, 2.0 / 7) < 1e-15)
    #expect(hard.fixedShape(tailPower: 1).baseLearningRate == 0)
    #expect(
      try Phase(of: ModelTask(taskExponent: 2, spectrumExponent: 2, noise: .variance(1))).kind
        == .boundary)
  }

  @Test func withoutNoiseThereAreNoPhases() throws {
    let task = try ModelTask(taskExponent: 3, spectrumExponent: 2, noise: .variance(0))
    let problem = try #require(inputProblem { try Phase(of: task) })
    #expect(problem.contains("without label noise there are no phases"))
    #expect(inputProblem { try PhaseConstants(of: task, steps: 10, cap: 1) } == problem)
  }
}
