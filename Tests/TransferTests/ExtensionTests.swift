import Bound
import Runs
import Schedules
import Support
import TestSupport
import Testing

@testable import Transfer

/// Going on from T1 to T2 steps, against the numbers of 2501.18965 and against itself.
@Suite struct ExtensionTests {
  static func question(
    _ spec: String, _ from: Int, _ to: Int, rule: TransferRule = .bound, rate: Double? = nil,
    criterion: ExtensionOption.Criterion = .leastBound
  ) throws -> ExtensionQuestion {
    let base = try TrainingRun(ScheduleSpec(spec), steps: from)
    let run = try ExtendableRun(base, baseLearningRate: rate)
    var question = try ExtensionQuestion(of: run, toSteps: to, rule: rule)
    question.criterion = criterion
    return question
  }

  /// By default no plan of a kind has a lower Ω at the running γ than the one that is given.
  @Test(
    arguments: sampled([
      ("wsd20", 50_000, 100_000), ("wsd10", 5000, 6000), ("wsd20", 5000, 20_000),
      ("wsd40:decay=1-sqrt,warmup=100steps", 2000, 3000), ("constant", 1000, 2500),
      ("invsqrt:timescale=50", 1000, 1700), ("wsd80", 1000, 1100),
      ("twostage:at=0.6,factor=0.5,cooldown=0.2", 2000, 5000),
    ]))
  func noPlanOfItsKindIsBetter(_ spec: String, _ from: Int, _ to: Int) throws {
    let samples = to < 50_000 ? 150 : 30
    for rule in to < 50_000 ? [TransferRule.bound, .standard()] : [.standard()] {
      var question = try Self.question(spec, from, to, rule: rule)
      question.wantsFreeForm = false
      let answer = try question.answer()
      let run = question.run
      let reusable = run.reusableSteps
      func bound(_ schedule: Schedule) throws -> Double {
        try BoundTerms.lastIterate(of: schedule).bound(at: answer.gamma)
      }
      let cooldown = try #require(answer.option(.longerCooldown)?.plan)
      let first = try #require(run.steady).steps.lowerBound
      let others = try (1...samples).map { sample in
        let count = max(1, (to - first + 1) * sample / samples)
        let kept = min(reusable, to - count)
        return (
          count, try bound(run.plan(keeping: kept, factor: 1, steps: to, cooldown: count))
        )
      }
      // Where the best would start over, those that keep what can be kept are the family.
      let best = try #require(others.min { $0.1 < $1.1 })
      let longest = to - best.0 < from / 100 ? to - reusable : to
      for (count, other) in others where count <= longest {
        #expect(cooldown.bound <= other * (1 + 1e-12), "\(spec): a cooldown of \(count)")
      }
      #expect(cooldown.branchAtStep >= from / 100)
      guard let lower = answer.option(.lowerPlateau)?.plan else { continue }
      let length = try #require(lower.cooldownSteps)
      for sample in 1...samples {
        let factor = Double(sample) / Double(samples)
        let other = try bound(
          run.plan(keeping: reusable, factor: factor, steps: to, cooldown: length))
        #expect(lower.bound <= other * (1 + 1e-12), "\(spec): a plateau × \(factor)")
      }
      #expect(cooldown.bound <= (answer.option(.same)?.plan?.bound ?? 0) * (1 + 1e-12))
    }
  }

  /// A plan is worth as many steps as doing nothing needs for its Ω, at the same base learning rate.
  @Test(arguments: sampled([(5000, 10_000, 22.95), (5000, 20_000, 70.0)]))
  func worthIsWhatTheSameScheduleNeeds(_ from: Int, _ to: Int, _ percent: Double) throws {
    var question = try Self.question("wsd20", from, to, rule: .standard(), criterion: .tuned)
    question.wantsFreeForm = false
    let answer = try question.answer()
    for kind in [ExtensionOption.Kind.lowerPlateau, .longerCooldown] {
      let worth = try #require(answer.equivalentMoreSteps(kind))
      let steps = Int((Double(to) * (1 + worth)).rounded())
      var longer = try Self.question("wsd20", from, steps, rule: .standard())
      longer.wantsFreeForm = false
      let same = try #require(try longer.answer().option(.same)?.plan)
      #expect(relativeError(same.bound, try #require(answer.option(kind)?.plan).bound) < 1e-4)
      if kind == .longerCooldown { #expect(abs(100 * worth - percent) < 0.5) }
    }
  }

  /// Where no plan's γ* is the running γ there is still a best one; and a cooldown that begins before the
  /// steps that could be kept is recommended where it is better than the free form after them.
  @Test func theBestPlanIsThereToTake() throws {
    var far = try Self.question("wsd20", 5000, 20_000)
    far.wantsFreeForm = false
    let plan = try #require(try far.answer().option(.longerCooldown)?.plan)
    far.criterion = .tuned
    #expect(try far.answer().option(.longerCooldown)?.plan == nil)
    let kept = far.run.plan(keeping: 4000, factor: 1, steps: 20_000, cooldown: 16_000)
    let terms = try BoundTerms.lastIterate(of: kept)
    #expect(plan.bound <= (try terms.bound(at: plan.gamma)))

    let early = try Self.question("wsd10", 5000, 6000, rule: .standard()).answer()
    let cooldown = try #require(early.option(.longerCooldown)?.plan)
    #expect(early.recommended == .longerCooldown && cooldown.branchAtStep < 4500)
    #expect(abs(try #require(cooldown.cooldownShare) - 0.388) < 0.001)
    #expect(early.diagnostics.contains { $0.code == "discards-steps" })
  }

  /// The checkpoint is the last that was saved before the plan changes anything.
  @Test(arguments: [(nil, 4001), (500, 4000), (1200, 3600), (5000, 0)] as [(Int?, Int)])
  func savedCheckpoints(_ spacing: Int?, _ step: Int) throws {
    var question = try Self.question("wsd20", 5000, 10_000, rule: .standard())
    question.wantsFreeForm = false
    question.checkpointSpacing = spacing
    let answer = try question.answer()
    let plan = try #require(answer.option(.longerCooldown)?.plan)
    #expect(answer.checkpoint(of: plan) == step)
    #expect(answer.stepsToTrain(plan) == 10_000 - step)
    #expect(answer.diagnostics.contains { $0.code == "no-checkpoint" } == (step == 0))
    // Where everything starts over, the better base learning rate does.
    #expect(answer.recommended == (step == 0 ? .retunedLinear : .longerCooldown))
  }

  /// T1, T2; lower plateau: factor, Ω; longer cooldown: fraction, Ω; Ω of the same schedule, of the
  /// same one tuned, of linear decay tuned.
  typealias Row = (
    steps: (Int, Int), lower: (Double, Double), longer: (Double, Double)?,
    references: (Double, Double, Double)
  )
  static let published: [Row] = [
    ((4000, 6000), (0.636739, 0.026771), (0.445994, 0.026419), (0.028490, 0.027918, 0.025837)),
    ((4000, 8000), (0.532994, 0.023101), (0.632699, 0.022520), (0.025628, 0.024170, 0.022372)),
    ((4000, 12000), (0.431195, 0.019017), (0.876342, 0.018269), (0.022766, 0.019729, 0.018264)),
    ((4000, 16000), (0.375389, 0.016636), nil, (0.021335, 0.017083, 0.015816)),
  ]

  @Test(arguments: 0..<published.count)
  func theTableOfThePaper(_ index: Int) throws {
    let row = Self.published[index]
    var question = try Self.question("wsd20", row.steps.0, row.steps.1, criterion: .tuned)
    question.wantsFreeForm = false
    let answer = try question.answer()
    #expect(relativeError(answer.gamma, 0.008118293826) < 1e-9)
    func bound(_ kind: ExtensionOption.Kind) throws -> Double {
      try #require(answer.option(kind)?.plan).bound
    }
    let lower = try #require(answer.option(.lowerPlateau)?.plan)
    #expect(abs(try #require(lower.factor) - row.lower.0) < 5.1e-7)
    #expect(abs(lower.bound - row.lower.1) < 5.1e-7)
    #expect(lower.changeAtStep == 3201 && lower.branchAtStep == 3200)
    if let longer = row.longer {
      let plan = try #require(answer.option(.longerCooldown)?.plan)
      #expect(abs(try #require(plan.cooldownFraction) - longer.0) < 5.1e-7)
      #expect(abs(plan.bound - longer.1) < 5.1e-7)
    } else {
      let obstacle = try #require(answer.option(.longerCooldown)?.obstacle)
      #expect("\(obstacle)".contains("3.7905"))
    }
    #expect(abs(try bound(.same) - row.references.0) < 5.1e-7)
    #expect(abs(try bound(.retunedSame) - row.references.1) < 5.1e-7)
    #expect(abs(try bound(.retunedLinear) - row.references.2) < 5.1e-7)
  }

  static let factors: [(Int, Int, Double, Double?)] = [
    (50_000, 100_000, 0.531715, 0.634308), (50_000, 200_000, 0.374406, nil),
    (7_000, 21_000, 0.430722, 0.877037),
  ]

  @Test(arguments: sampled(factors))
  func otherHorizons(_ from: Int, _ to: Int, _ factor: Double, _ fraction: Double?) throws {
    var question = try Self.question("wsd20", from, to, criterion: .tuned)
    question.wantsFreeForm = false
    let answer = try question.answer()
    let lower = try #require(answer.option(.lowerPlateau)?.plan?.factor)
    #expect(abs(lower - factor) < 5.1e-7)
    let longer = answer.option(.longerCooldown)
    if let fraction {
      #expect(abs(try #require(longer?.plan?.cooldownFraction) - fraction) < 5.1e-7)
    } else {
      #expect("\(try #require(longer?.obstacle))".contains("3.7789"))
    }
  }

  /// A cooldown that begins in the past names the step at which the past ends.
  @Test func aLongCooldownReachesIntoThePast() throws {
    var question = try Self.question("wsd20", 4000, 8000, criterion: .tuned)
    question.wantsFreeForm = false
    let answer = try question.answer()
    let plan = try #require(answer.option(.longerCooldown)?.plan)
    #expect(plan.changeAtStep == 2940 && plan.branchAtStep == 2939)
    #expect(answer.stepsToTrain(plan) == 8000 - 2939)
    let before = try ScheduleSpec("wsd20").schedule(steps: 4000)
    #expect(plan.schedule.multipliers(in: 0..<2939) == before.multipliers(in: 0..<2939))
  }

  /// What published runs of 124M and 210M models found.
  @Test(.enabled(if: isHeavy), arguments: sampled([TransferRule.bound, .standard()]))
  func longerCooldownThenLowerPlateauThenSame(_ rule: TransferRule) throws {
    for (from, to) in [(50_000, 75_000), (50_000, 100_000), (7_000, 21_000)] {
      var question = try Self.question("wsd20", from, to, rule: rule)
      question.wantsFreeForm = false
      let answer = try question.answer()
      let bounds = [.longerCooldown, .lowerPlateau, .same].compactMap { kind in
        answer.option(kind)?.plan?.bound
      }
      #expect(bounds.count == 3 && bounds == bounds.sorted())
      #expect(answer.recommended == .longerCooldown)
    }
  }

  static let bases = [
    "constant", "wsd20", "wsd10:decay=1-sqrt", "wsd40:decay=cosine,warmup=30steps", "invsqrt",
    "invsqrt:timescale=50,warmup=20steps", "wsd20:min=0.1", "wsd:cooldown=40steps,warmup=10%",
    "twostage:at=0.6,factor=0.5,cooldown=0.2", "wsds:period=50%,cooldown=10%", "linear", "cosine",
    "wsd20:decay=exponential", "wsd20:min=0.02,floor=clamp", "piecewise:0=1,0.7=1,1=0", "1-sqrt",
  ]

  /// The free form is no worse than any plan that goes on, and every plan is what it says of itself.
  @Test(arguments: sampled(bases))
  func freeFormIsLeast(_ spec: String) throws {
    var random = SplitMix64(seed: UInt64(spec.count) * 7919)
    for _ in 0..<3 {
      let from = 110 + Int(random.next() % 400)
      let to = from + 1 + Int(random.next() % UInt64(3 * from))
      let rule = random.next() % 2 == 0 ? TransferRule.bound : .standard()
      let question = try Self.question(spec, from, to, rule: rule)
      let answer = try question.answer()
      let free = try #require(answer.option(.freeForm)?.plan, "\(spec) \(from) \(to)")
      for kind in [ExtensionOption.Kind.lowerPlateau, .longerCooldown, .same, .rewarm] {
        guard let plan = answer.option(kind)?.plan, !plan.startsOver else { continue }
        #expect(free.bound <= plan.bound * (1 + 1e-12), "\(spec) \(from) → \(to) \(kind)")
      }
      for option in answer.options {
        guard let plan = option.plan else { continue }
        #expect(plan.schedule.steps == to)
        let terms = try BoundTerms.lastIterate(of: Schedule(values: plan.schedule.multipliers))
        #expect(relativeError(try terms.bound(at: plan.gamma), plan.bound) < 1e-13)
        let values = plan.schedule.multipliers
        #expect(values.allSatisfy { $0.isFinite && $0 >= 0 && $0 <= 1 })
        guard !plan.startsOver else { continue }
        let kept = min(plan.branchAtStep, from)
        let before = question.run.schedule.multipliers(in: 0..<kept)
        #expect(Array(values[..<kept]) == before, "\(spec) \(option.kind)")
      }
    }
  }

  /// The plans make γ* what the running learning rate is.
  @Test(arguments: ["wsd20", "constant", "invsqrt", "wsd20:decay=1-sqrt,warmup=50steps"])
  func plansAreTuned(_ spec: String) throws {
    for rule in [TransferRule.bound, .standard()] {
      var question = try Self.question(spec, 2000, 4200, rule: rule, criterion: .tuned)
      question.wantsFreeForm = false
      let answer = try question.answer()
      for kind in [ExtensionOption.Kind.lowerPlateau, .longerCooldown] {
        guard let plan = answer.option(kind)?.plan, plan.factor != 1 else { continue }
        let tuned = try BoundTerms.lastIterate(of: plan.schedule).optimalBaseLearningRate()
        // A cooldown has whole steps.
        let tolerance = kind == .lowerPlateau ? 1e-12 : 2e-3
        #expect(relativeError(tuned, answer.gamma) < tolerance, "\(kind)")
      }
    }
  }

  /// The default rule carries the same trainer's learning rate as `transfer`: exponents of 1/2 and of
  /// another p differ by what the horizon's factor says.
  @Test func theRuleSetsTheTarget() throws {
    let bound = try Self.question("wsd20", 1000, 2000, criterion: .tuned).answer()
    let standard = try Self.question("wsd20", 1000, 2000, rule: .standard(), criterion: .tuned)
      .answer()
    #expect(relativeError(standard.gamma / bound.gamma, 0.890898718140339) < 1e-14)
    let factors = [bound, standard].compactMap { $0.option(.lowerPlateau)?.plan?.factor }
    #expect(factors.count == 2 && factors[1] > factors[0] && factors[1] < 1)
  }

  @Test(.enabled(if: isHeavy)) func aChainReusesEachStage() throws {
    var first = try Self.question("wsd20", 4000, 8000, rate: 1e-3, criterion: .tuned)
    first.wantsFreeForm = false
    for kind in [ExtensionOption.Kind.lowerPlateau, .longerCooldown] {
      let horizons = kind == .lowerPlateau ? [16_000, 40_000] : [12_000, 15_000]
      let chain = try ExtensionChain(first, then: horizons, following: kind)
      #expect(chain.stages.count == 3)
      var before = first.run.schedule
      for stage in chain.stages {
        let plan = try #require(stage.option(kind)?.plan)
        #expect(plan.baseLearningRate == 1e-3)
        let kept = plan.branchAtStep
        #expect(kept > 0 && kept < before.steps)
        #expect(plan.schedule.multipliers(in: 0..<kept) == before.multipliers(in: 0..<kept))
        let tuned = try BoundTerms.lastIterate(of: plan.schedule).optimalBaseLearningRate()
        #expect(relativeError(tuned, stage.gamma) < 1e-3)
        before = plan.schedule
      }
    }
    // Each lower plateau branches where the last one ended.
    let lower = try ExtensionChain(first, then: [16_000], following: .lowerPlateau)
    #expect(lower.lastPlan.branchAtStep == 6400)
  }

  /// In mid-cooldown going back and going up again are both priced; going up keeps every step.
  @Test func rewarming() throws {
    var question = try Self.question("wsd20", 4000, 8000)
    question.madeSteps = 3900
    let answer = try question.answer()
    let rewarm = try #require(answer.option(.rewarm)?.plan)
    let back = try #require(answer.option(.lowerPlateau)?.plan)
    #expect(rewarm.branchAtStep == 3900 && back.branchAtStep == 3200)
    #expect(back.bound < rewarm.bound, "a dip costs a little")
    #expect(rewarm.bound < back.bound * 1.05)
  }

  /// How much longer doing nothing would have to go on, at the running learning rate.
  @Test func equivalentSteps() throws {
    var question = try Self.question("wsd20", 4000, 8000, criterion: .tuned)
    question.wantsFreeForm = false
    let answer = try question.answer()
    for (kind, percent) in [(ExtensionOption.Kind.lowerPlateau, 41.7), (.longerCooldown, 56.7)] {
      let worth = try #require(answer.equivalentMoreSteps(kind))
      #expect(abs(worth * 100 - percent) < 0.1)
      let steps = Int((8000 * (1 + worth)).rounded())
      let same = try BoundTerms.lastIterate(of: ScheduleSpec("wsd20").schedule(steps: steps))
      let plan = try #require(answer.option(kind)?.plan)
      #expect(relativeError(try same.bound(at: answer.gamma), plan.bound) < 1e-3)
    }
    #expect(answer.equivalentMoreSteps(.same) == 0)
  }

  /// A chain that starts over goes on with the learning rate that it started over with.
  @Test(.enabled(if: isHeavy)) func aChainKeepsItsLearningRate() throws {
    let first = try Self.question("wsd20", 1000, 2000, rate: 1e-3)
    let chain = try ExtensionChain(first, then: [4000], following: .retunedLinear)
    let rates = chain.stages.compactMap { $0.option(.retunedLinear)?.plan?.baseLearningRate }
    #expect(rates.count == 2 && chain.stages[1].question.run.baseLearningRate == rates[0])
    // Two stages of a lower plateau: each factor is of the plateau before.
    let lower = try ExtensionChain(first, then: [4000], following: .lowerPlateau)
    let plans = lower.stages.compactMap { $0.option(.lowerPlateau)?.plan }
    let product = plans.compactMap(\.factor).reduce(1, *)
    #expect(relativeError(try #require(plans[1].plateau), product) < 1e-15)
    #expect(
      relativeError(
        plans[1].schedule.multipliers(in: plans[1].changeAtStep - 1..<plans[1].changeAtStep)[0],
        product) < 1e-15)
    // A free form under a higher cap has a higher base learning rate, which the next stage starts from.
    var capped = first
    capped.capFactor = 2
    let free = try ExtensionChain(capped, then: [4000], following: .freeForm)
    let plan = try #require(free.stages[0].option(.freeForm)?.plan)
    let next = free.stages[1].question.run
    #expect(next.baseLearningRate == plan.baseLearningRate)
    let past = next.schedule.multipliers(in: 0..<10).map { $0 * (next.baseLearningRate ?? 0) }
    #expect(past.allSatisfy { relativeError($0, 1e-3) < 1e-12 })
  }

  /// Cycles before the last are not cut into, where γ* would jump.
  @Test(arguments: [12_000, 14_000])
  func cyclesAreKept(_ to: Int) throws {
    var question = try Self.question("wsds:period=25%,cooldown=10%", 4000, to, criterion: .tuned)
    question.wantsFreeForm = false
    let answer = try question.answer()
    #expect("\(try #require(answer.option(.longerCooldown)?.obstacle))".contains("2.57"))
    #expect(try #require(answer.option(.same)?.plan).branchAtStep == 3601)
  }

  /// A file is extended as the spec that it was made from.
  @Test(arguments: [
    "wsd20:decay=1-sqrt", "wsd30", "wsd20:warmup=300steps", "wsd20:decay=cosine,min=0.1",
  ])
  func filesAreAsGoodAsSpecs(_ text: String) throws {
    let schedule = try ScheduleSpec(text).schedule(steps: 2000)
    func answer(_ base: TrainingRun) throws -> ExtensionAnswer {
      var question = try ExtensionQuestion(
        of: ExtendableRun(base), toSteps: 4000, rule: .bound)
      question.wantsFreeForm = false
      return try question.answer()
    }
    let own = try answer(TrainingRun(ScheduleSpec(text), steps: 2000))
    let read = try answer(TrainingRun(Schedule(values: schedule.multipliers), name: "@run.csv"))
    for kind in [ExtensionOption.Kind.lowerPlateau, .longerCooldown, .same, .retunedLinear] {
      let bounds = [own, read].map { $0.option(kind)?.plan?.bound ?? 0 }
      #expect(relativeError(bounds[1], bounds[0]) < 2e-4, "\(kind)")
    }
  }

  /// A floor in learning rates stays where it is when the schedule is tuned anew.
  @Test func absoluteFloors() throws {
    var question = try Self.question("wsd20:min-lr=1e-4", 1000, 4000, rule: .standard(), rate: 1e-3)
    question.wantsFreeForm = false
    let answer = try question.answer()
    let again = try #require(answer.option(.retunedSame)?.plan)
    let rate = try #require(again.baseLearningRate)
    #expect(relativeError(rate, 0.00063266) < 1e-4)
    #expect(abs(again.schedule.finalLevel * rate - 1e-4) < 1e-6)
  }

  @Test(arguments: ["cosine", "linear", "1-sqrt", "piecewise:0=1,0.5=0,1=0"])
  func whatCannotBeReused(_ spec: String) throws {
    var question = try Self.question(spec, 1000, 2000)
    question.wantsFreeForm = false
    let answer = try question.answer()
    for kind in [ExtensionOption.Kind.lowerPlateau, .longerCooldown] {
      let obstacle = try #require(answer.option(kind)?.obstacle)
      #expect("\(obstacle)".contains("keeps nothing"))
    }
    #expect(answer.option(.rewarm)?.plan != nil)
  }

  @Test func barelyLonger() throws {
    let answer = try Self.question("wsd20", 10_000, 10_001).answer()
    #expect(answer.diagnostics.map(\.code) == ["barely-longer"])
    #expect(answer.recommended == .same)
  }

  @Test(.enabled(if: isHeavy)) func refusals() throws {
    func refusal(_ ask: () throws -> Any) -> InputError? {
      #expect(throws: InputError.self) { _ = try ask() }
    }
    let short = refusal { try Self.question("wsd20", 100, 100) }
    #expect(short?.problem == "100 steps are no more than the run's 100")
    var question = try Self.question("wsd20", 100, 200)
    question.madeSteps = 101
    let made = refusal { try question.answer() }
    #expect(made?.problem == "the steps made, 101, lies outside the run of 100 steps")
    question.madeSteps = nil
    // A way that is no option here, and one that is infeasible.
    #expect(refusal { try ExtensionChain(question, following: .rewarm) }?.kind == .value)
    let far = try Self.question("wsd20", 4000, 16_000, criterion: .tuned)
    let infeasible = refusal { try ExtensionChain(far, following: .longerCooldown) }
    #expect(infeasible?.kind == .unanswerable && infeasible?.problem.contains("3.7905") == true)
  }

  @Test func caps() throws {
    var question = try Self.question("wsd20", 100, 200)
    #expect(throws: InputError.self) { try question.setCap(1e-3) }
    question = try Self.question("wsd20", 100, 200, rate: 1e-3)
    #expect(throws: InputError.self) { try question.setCap(5e-4) }
    try question.setCap(2e-3)
    #expect(question.capFactor == 2)
  }

  @Test func theBoundBesideTheRule() throws {
    let bound = try Self.question("wsd20", 1000, 2000, rule: .bound).answer()
    #expect(try bound.byBound() == nil)
    let beside = try #require(
      try Self.question("wsd20", 1000, 2000, rule: .standard()).answer().byBound())
    #expect(beside.gamma == bound.gamma && beside.option(.freeForm) == nil)
    // What the rule's search has summed changes nothing.
    for option in beside.options {
      let same = bound.option(option.kind)
      #expect(option.plan?.bound == same?.plan?.bound && option.plan?.factor == same?.plan?.factor)
      #expect(option.plan?.cooldownSteps == same?.plan?.cooldownSteps)
      #expect(
        beside.equivalentMoreSteps(option.kind) == bound.equivalentMoreSteps(option.kind))
    }
  }
}
