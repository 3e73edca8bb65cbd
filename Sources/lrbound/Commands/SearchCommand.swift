import ArgumentParser
import Schedules
import Tuning
import Workloads

/// `lrbound search`: the best shape of each family on a workload.
struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "The best shape of a schedule, family by family, on a workload.",
    discussion: """
        lrbound search --shapes 300
        lrbound search tps cos-gen --workload logistic --steps 500 --state found
        lrbound search rex-gen --start aligned --check --project

      Every shape is tried at every base learning rate of a grid; its score is the least median loss over \
      seeds. The best of each family are looked at again on fresh seeds, at base learning rates refined around \
      the best. Families: \(ShapeFamily.allCases.map(\.rawValue).joined(separator: ", ")); without one, the \
      eight of 2603.10301.

      Workloads: linear regression by its expected-loss recursion (linear), exactly for one kernel \
      (linear-exact) or by SGD itself (linear-sgd); logistic regression by SGD on 569 diagnoses (logistic) or \
      made-up points (logistic-synthetic); the last-iterate bound (bound).

      The base LR goes with a schedule whose peak is 1, as lrbound schedule prints it. A search that was \
      stopped, or killed, goes on with the same command where --state keeps its trials.
      """)

  @Argument(
    help: "Families, for example tps cos-gen.",
    completion: .list(ShapeFamily.allCases.map(\.rawValue)))
  var families: [String] = []

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Number of optimiser steps, T; 100.", valueName: "t"))
  var steps = "100"

  @OptionGroup var workload: WorkloadOptions
  @OptionGroup var search: SearchOptions
  @OptionGroup var trials: TrialOptions

  @Flag(
    name: .long, help: "Move each parameter of the best shape, to see whether it is about the best."
  )
  var check = false

  @Flag(
    name: .long,
    help: "The member of each family that is nearest to the best learning rates of all.")
  var project = false

  @OptionGroup var output: OutputOptions

  func run() throws {
    let steps = try Arguments.count(self.steps, "--steps", in: 2...10_000_000)
    let name = try workload.parsedName()
    let workload = try name.workload(steps: steps, settings: try self.workload.parsedSettings())
    let plan = try search.plan(
      families: try parsedFamilies(), workload: workload, usualRates: name.usualRates(steps: steps))
    let runner = try trials.runner(of: workload)
    let line = ProgressLine(isWanted: true)
    func evaluate(_ trials: [Trial]) throws -> [TrialOutcome] {
      let total = grouped(trials.count)
      return try runner.outcomes(of: trials) { line.show("\(grouped($0)) of \(total) trials") }
    }
    let result = try ShapeSearch(plan, steps: steps, evaluate: evaluate)
    guard let best = result.best else {
      let reason = result.tally.reason.map { "the first failed with: \($0)" }
      throw NoAnswer(
        description:
          "no trial ended with a loss: \(reason ?? "all diverged; give lower base learning rates in --grid")"
      )
    }
    let sweeps =
      check
      ? try CoordinateSweep.sweeps(around: best, plan: plan, steps: steps, evaluate: evaluate)
        .sweeps : []
    line.end()
    let truth = GroundTruth(of: workload)
    if project, truth == nil {
      throw UsageError(
        "--project: the best learning rates of all are not known for \(name.rawValue); take linear or bound"
      )
    }
    let projections =
      project
      ? plan.families.compactMap { FamilyProjection(of: $0, onto: truth?.learningRates ?? []) } : []
    try SearchReport(
      workload: workload, plan: plan, search: result, sweeps: sweeps, truth: truth,
      projections: projections
    ).report.print(as: output.format)
  }

  private func parsedFamilies() throws -> [ShapeFamily] {
    var parsed: [ShapeFamily] = []
    let names = ShapeFamily.allCases.map(\.rawValue)
    for text in families {
      guard let family = ShapeFamily(rawValue: text.lowercased()) else {
        let guess = nearestSpelling(to: text, among: names).map { "did you mean \($0)?" }
        throw UsageError(
          "FAMILIES '\(printable(text))': no such family; \(guess ?? "give \(names.joined(separator: ", "))")"
        )
      }
      if !parsed.contains(family) { parsed.append(family) }
    }
    return parsed.isEmpty ? ShapeFamily.published : parsed
  }
}
