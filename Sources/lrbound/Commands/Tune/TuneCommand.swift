import ArgumentParser
import Bound
import Schedules
import Support
import Tuning

/// `lrbound tune`: γ* and the best cooldown or cycle length.
struct TuneCommand: DrawingCommand {
  static let reportName = "tune"
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "The best base learning rate, cooldown length or cosine cycle.",
    discussion: """
        lrbound tune wsd20 --steps 50000
        lrbound tune wsd20 --steps 400 --lr 0.02
        lrbound tune cosine:min=0.1 --steps 400
        lrbound tune wsd20 --steps 400 --lr 0.02 --plot cooldown.svg
        lrbound tune wsd20 --steps 400 --free-form --csv > best.csv
        lrbound tune constant --steps 400 --free-form --keep-steps 200 --lr 0.02

      Without --lr the base learning rate is re-tuned for every cooldown length: of linear cooldowns the \
      longest is best, other decays may have a best length. With --lr (γ itself, in units of D/G) it is held \
      fixed, and linear cooldowns have a best length too.

      --free-form minimises the bound over all schedules; --csv then writes one that @file reads back.
      """)

  @OptionGroup var schedule: ScheduleOptions

  @Option(
    "γ itself, held fixed; re-tuned without it.", "gamma", transform: Arguments.learningRate)
  var lr: Double?

  @Flag(help: "Minimise the bound over all schedules.")
  var freeForm = false

  @Option(
    "Free form: keep this many first steps of the schedule.", "n", transform: Arguments.steps)
  var keepSteps: Int?

  @Option(
    "Free form: the highest LR; --lr where that is given or steps are kept.", "gamma",
    transform: Arguments.learningRate)
  var cap: Double?

  @OptionGroup var scale: ScaleOptions
  @OptionGroup var plot: PlotOptions

  func validate() throws {
    if !freeForm, keepSteps != nil || cap != nil {
      throw InputError.usage("--keep-steps and --cap belong to --free-form", "add it")
    }
  }

  func report() throws -> Report<TuneBody> {
    let run = try schedule.run()
    let norms = try scale.norms.read(steps: run.steps)
    if freeForm { return try freeFormReport(on: run, norms: norms) }

    announce(run, norms)
    let tuned = try TunedRun(
      run, baseLearningRate: lr, gradientNorms: norms, distance: scale.usedDistance)
    return TuneBody.report(tuned, scale: scale)
  }

  /// Says how long the searches take, unless there is a closed form.
  private func announce(_ run: TrainingRun, _ norms: GradientNorms) {
    let closed = run.spec.flatMap { BoundTerms.closedForm(of: $0, steps: run.steps) }
    guard closed == nil || norms.constant == nil else { return }
    let drawn = plot.isWanted ? TuneBody.points : 0
    let passes = run.spec?.hasAbsoluteFloor == true ? 5000 + 70 * drawn : 70 + drawn
    Progress.announcePasses(passes, steps: run.steps)
  }

  private func freeFormReport(
    on run: TrainingRun, norms: GradientNorms
  ) throws -> Report<TuneBody> {
    let kept = keepSteps ?? 0
    guard kept < run.steps else {
      throw InputError.usage(
        "--keep-steps '\(kept)': the run has \(run.steps) steps", "keep fewer")
    }
    let progress = ProgressLine(isWanted: run.steps > 300_000)
    defer { progress.end() }
    let freeForm = try FreeFormTuning(
      of: run, baseLearningRate: lr, keeping: kept, cap: cap, gradientNorms: norms,
      distance: scale.usedDistance
    ) { iteration, bound in
      progress.show("iteration \(iteration), Ω \(significant(bound, 8))")
    }
    return TuneBody.report(freeForm, unit: scale.units.gamma)
  }
}
