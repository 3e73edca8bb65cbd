import TestSupport
import Testing

@testable import lrbound

/// Every wrong input: one line on stderr that names it and the mend, nothing on stdout, the right code.
@Suite struct BadInputTests {
  static let transfer = ["transfer", "--from", "wsd20", "--to", "linear"]
  static let extend = ["extend", "--schedule", "wsd20"]

  /// Arguments, exit code, pieces of the message.
  static let commandLines: [([String], Int32, [String])] = [
    (extend + ["--steps", "50.000", "--to-steps", "100000"], 2, ["50 or 50000"]),
    (extend + ["--steps", "100", "--to-steps", "100"], 2, ["100 steps", "longer horizon"]),
    (extend + ["--steps", "100", "--to-steps", "50"], 2, ["50 steps", "longer horizon"]),
    (extend + ["--steps", "100"], 2, ["add --to-steps"]),
    (extend + ["--to-steps", "100"], 2, ["add --steps"]),
    (extend + ["--steps", "100", "--to-steps", "300,200"], 2, ["200 steps follow 300", "rise"]),
    (extend + ["--steps", "100", "--to-steps", "100,000"], 2, ["commas", "100000 or 100_000"]),
    (extend + ["--steps", "100", "--to-steps", "300", "--schedule-out", ""], 2, ["file's name"]),
    (
      extend + ["--steps", "100", "--to-steps", "300", "--cooldown", "100%"], 2,
      ["--cooldown", "takes all of 300 steps"]
    ),
    (
      extend + ["--steps", "100", "--to-steps", "300", "--plan", "rewarm"], 2, ["rewarm", "apply"]
    ),
    (extend + ["--steps", "100", "--to-steps", "300", "--tokens", "9"], 2, ["they are 9 steps"]),
    (
      extend + ["--tokens", "1B", "--to-tokens", "2B"], 2,
      ["--tokens", "give the tokens in a step"]
    ),
    (extend + ["--tokens", "x", "--to-tokens", "2B", "--batch-tokens", "1M"], 2, ["--tokens 'x'"]),
    (extend + ["--steps", "100", "--to-steps", "300", "--now", "101"], 2, ["--now '101'", "100"]),
    (
      extend + ["--steps", "100", "--to-steps", "300", "--branch-step", "101"], 2,
      ["branch", "1 to 100"]
    ),
    (extend + ["--steps", "100", "--to-steps", "300", "--plan", "best"], 2, ["--plan 'best'"]),
    (extend + ["--steps", "100", "--to-steps", "300", "--cap", "1"], 2, ["--cap", "add --lr"]),
    (
      extend + ["--steps", "100", "--to-steps", "300", "--lr", "1", "--cap", "0.5"], 2,
      ["--cap '0.5'", "at least"]
    ),
    (extend + ["--steps", "100", "--to-steps", "300", "--cooldown", "20"], 2, ["--cooldown '20'"]),
    (
      extend + ["--steps", "100", "--to-steps", "300", "--schedule-out", "/nowhere/plan.csv"], 3,
      ["/nowhere/plan.csv", "cannot be written", "elsewhere"]
    ),
    (
      extend + [
        "--steps", "4000", "--to-steps", "16000", "--rule", "bound", "--criterion", "tuned",
        "--plan", "longer-cooldown",
        "--schedule-out", "plan.csv",
      ], 4, ["longer-cooldown", "3.7905"]
    ),
    (
      ["extend", "--schedule", "linear:min-lr=1e-5", "--steps", "9", "--to-steps", "20"], 2,
      ["min-lr", "learning rate, or write min="]
    ),
    (["schedule", "liner", "--steps", "10"], 2, ["liner", "did you mean linear"]),
    (["schedule", "sqrt", "--steps", "10"], 2, ["1-sqrt", "invsqrt"]),
    (["schedule", "wsd0", "--steps", "10"], 2, ["cooldown of 0", "constant"]),
    (["schedule", "wsd120", "--steps", "10"], 2, ["120 %", "longer than the run"]),
    (["schedule", "wsd-5", "--steps", "10"], 2, ["-5 %", "negative"]),
    (["schedule", "wsd60:warmup=60%", "--steps", "10"], 2, ["do not fit", "shorten"]),
    (["schedule", "wsd20:colour=1", "--steps", "10"], 2, ["'colour'", "wsd takes"]),
    (["schedule", "wsd20:warmup=1%,warmup=2%", "--steps", "10"], 2, ["given twice"]),
    (["schedule", "", "--steps", "10"], 2, ["needs a name"]),
    (["schedule", "linear"], 2, ["steps", "add --steps"]),
    (["schedule", "linear", "--steps", "0"], 2, ["--steps '0'", "at least 1 step"]),
    (["schedule", "linear", "--steps", "-3"], 2, ["--steps '-3'", "positive"]),
    (["schedule", "linear", "--steps", "1.5"], 2, ["--steps '1.5'", "whole"]),
    (["schedule", "linear", "--steps", "1e30"], 2, ["--steps '1e30'", "up to 1e9"]),
    (["schedule", "linear", "--steps", "abc"], 2, ["--steps 'abc'", "not a number"]),
    (["schedule", "cosine:min-lr=1e-3", "--steps", "10", "--lr", "1e-4"], 2, ["floor", "above"]),
    (
      ["schedule", "cosine:min-lr=1e-3", "--steps", "10"], 2,
      ["min-lr", "learning rate, or write min="]
    ),
    (transfer + ["--lr", "0"], 2, ["--lr '0'", "not positive"]),
    (transfer + ["--lr", "-1"], 2, ["--lr '-1'", "not positive"]),
    (transfer + ["--lr", "nan"], 2, ["--lr 'nan'", "not a number"]),
    (transfer + ["--lr", "inf"], 2, ["--lr 'inf'", "not a number"]),
    (transfer + ["--lr", "1e-3x"], 2, ["--lr '1e-3x'", "1e-3"]),
    (transfer + ["--lr", "1e-90"], 2, ["--lr '1e-90'", "1e-50 to 1e50"]),
    (transfer + ["--rule", "best"], 2, ["--rule 'best'", "calibrated or absolute"]),
    (transfer + ["--rule", "calibrated"], 2, ["nothing to calibrate with", "--calibration"]),
    (transfer + ["--calibration", "x.json"], 2, ["--calibration", "--rule calibrated"]),
    (
      transfer + ["--rule", "calibrated", "--horizon-exponent", "0.3"], 2,
      ["--horizon-exponent", "its own"]
    ),
    (
      transfer + ["--rule", "calibrated", "--calibration", "/no/such.json"], 3,
      ["/no/such.json", "no such file"]
    ), (["fit"], 2, ["nothing to fit", "--curves"]),
    (["fit", "x.csv", "--curves", "y.csv"], 2, ["--curves", "one of them"]),
    (["fit", "x.csv", "--score", "y.csv"], 2, ["--score", "--curves"]),
    (["fit", "x.csv", "--warmup", "9"], 2, ["--warmup", "--curves"]),
    (["fit", "--curves", "x.csv", "--noise", "1"], 2, ["--noise", "leave it out"]),
    (["fit", "--curves", "x.csv,", "--score", "y.csv"], 2, ["--curves", "missing"]),
    (["fit", "--curves", "/no/curve.csv"], 3, ["/no/curve.csv", "no such file"]),
    (["fit", "/no/sweep.csv"], 3, ["/no/sweep.csv", "no such file"]),
    (["fit", "/no/sweep.csv", "--noise", "0"], 2, ["--noise '0'", "not positive"]),
    (["evaluate", "/no/sweep.csv"], 3, ["/no/sweep.csv", "no such file"]),
    (
      transfer + ["--rule", "bound", "--horizon-exponent", "0.3"], 2, ["--horizon-exponent", "1/2"]
    ),
    (transfer + ["--horizon-exponent", "2"], 2, ["--horizon-exponent '2'", "-0.5 to 1"]),
    (transfer + ["--task", "3,1.5"], 2, ["--task '3,1.5'", "2 numbers"]),
    (transfer + ["--task", "3,1.5,x,1"], 2, ["--task '3,1.5,x,1'", "'x' is not a number"]),
    (transfer + ["--task", "3,1.5,,1"], 2, ["--task '3,1.5,,1'", "missing"]),
    (transfer + ["--task", "1,1.5,.1,1"], 2, ["--task '1,1.5,.1,1'", "a = 1:", "more than 1"]),
    (transfer + ["--task", "3,1,.1,1"], 2, ["--task '3,1,.1,1'", "b = 1:", "more than 1"]),
    (transfer + ["--task", "3,1.5,-1%,1"], 2, ["--task '3,1.5,-1%,1'", "0% to 100000%"]),
    (transfer + ["--task", "3,1.5,.1,0"], 2, ["--task '3,1.5,.1,0'", "batch", "1 or more"]),
    (
      transfer + ["--task", "3,1.5,.1,1", "--no-cross-check"], 2, ["--no-cross-check", "--task"]
    ),
    (transfer + ["--to-steps", "100"], 2, ["--to-steps", "add --steps"]),
    (transfer + ["--batch-tokens", "0"], 2, ["--batch-tokens '0'", "0.5M, 524288 or 256x2048"]),
    (transfer + ["--batch-tokens", "-4"], 2, ["--batch-tokens '-4'", "not a number of tokens"]),
    (transfer + ["--batch-tokens", "3x"], 2, ["--batch-tokens '3x'", "not a number of tokens"]),
    (transfer + ["--batch-tokens", "0.5x4"], 2, ["--batch-tokens '0.5x4'", "not a number"]),
    (transfer + ["--batch-tokens", "2x3x4"], 2, ["--batch-tokens '2x3x4'", "not a number"]),
    (
      transfer + ["--tokens", "1M", "--batch-tokens", "4M"], 2,
      ["--tokens", "a batch of 4,000,000 is more than the whole run"]
    ),
    (
      transfer + ["--tokens", "100M", "--batch-tokens", "1M", "--steps", "50"], 2,
      ["--tokens", "100 steps, not 50", "two of steps, tokens and batch"]
    ),
    (
      transfer + ["--steps", "9", "--batch-tokens", "1M", "--to-tokens", "90M", "--to-steps", "5"],
      2, ["--to-tokens", "90 steps, not 5"]
    ), (transfer + ["--tokens", "1B"], 2, ["--tokens", "give the tokens in a step"]),
    (
      transfer + ["--steps", "1e9", "--batch-tokens", "1e12"], 2, ["more than 1e18", "smaller"]
    ), (transfer + ["--tokens", "1e15", "--batch-tokens", "1"], 2, ["1e9 are the most"]),
    (
      transfer + [
        "--steps", "9", "--batch-tokens", "8", "--to-batch-tokens", "9", "--rule", "bound",
      ],
      2, ["the bound knows no batch"]
    ), (transfer + ["--to-batch-tokens", "9"], 2, ["--to-batch-tokens", "add --steps"]),
    (transfer + ["--rule", "absolute"], 2, ["--rule absolute and --params", "both"]),
    (
      transfer + ["--rule", "absolute", "--params", "1B", "--lr", "1"], 2,
      ["--rule absolute", "leave out --lr"]
    ),
    (transfer + ["--rule", "absolute", "--params", "1B", "--steps", "9"], 2, ["needs the batch"]),
    (
      extend + ["--steps", "9", "--to-steps", "99", "--rule", "absolute"], 2, ["--rule absolute"]
    ), (extend + ["--steps", "9", "--to-steps", "99", "--to-batch-tokens", "9"], 2, ["so far"]),
    (
      extend + [
        "--tokens", "90", "--batch-tokens", "9", "--to-tokens", "990", "--to-batch-tokens", "18",
      ], 2, ["--to-tokens", "where the batch changes"]
    ),
    (
      ["check", "--schedule", "linear", "--steps", "9", "--lr", "1", "--params", "1B"], 2,
      ["needs the batch"]
    ),
    (["bound", "linear", "--steps", "9", "--tokens", "9"], 2, ["--tokens", "--steps gives"]),
    (["tune", "linear", "--batch-tokens", "9"], 2, ["--batch-tokens goes with --tokens"]),
    (transfer + ["--json", "--csv"], 2, ["--json and --csv", "one of them"]),
    (transfer + ["--lr", "1e-3", "--sweep", "x.csv"], 2, ["--lr and --sweep", "one of them"]),
    (["transfer", "--from", "wsd20"], 2, ["--to"]),
    (["transfer", "--from", "wsd20", "--to", "linear", "--colour"], 2, ["--colour"]),
    (
      ["transfer", "--from", "wsd20", "--to", "linear:min-lr=1e-5"], 2,
      ["min-lr", "learning rate, or write min="]
    ),
    (["bound", "linear", "--steps", "10", "--distance", "0"], 2, ["--distance '0'"]),
    (["bound", "linear", "--steps", "10", "--gradient-norm", "0"], 2, ["--gradient-norm '0'"]),
    (["bound", "linear", "--steps", "10", "--lr", "0"], 2, ["--lr '0'"]),
    (
      ["bound", "linear", "--steps", "10", "--average-iterate", "--minimise-last-step"], 2,
      ["exclude each other"]
    ),
    (["bound", "linear", "--steps", "9", "--lr", "1,2"], 2, ["--lr", "--curve"]),
    (["bound", "linear", "--steps", "9", "--at", "10"], 2, ["--at '10'", "9 steps"]),
    (["bound", "linear", "--steps", "9", "--at", "1,,2"], 2, ["--at '1,,2'", "missing"]),
    (["bound", "linear", "--steps", "9", "--curve", "--at", "3"], 2, ["--curve", "--at"]),
    (
      ["bound", "linear", "--steps", "5e7", "--curve", "--json"], 2,
      ["50000000 steps", "at most 2000000", "--csv"]
    ),
    (
      ["bound", "linear", "--steps", "3e7", "--curve", "--lr", "1,2"], 2,
      ["--lr", "50000000 bounds"]
    ),
    (["bound", "linear", "--steps", "6e7", "--curve"], 2, ["60000000", "at most 50000000"]),
    (["bound", "linear", "--steps", "9", "--curve", "--average-iterate"], 2, ["--curve"]),
    (["tune", "linear", "--steps", "9", "--cap", "1"], 2, ["--free-form"]),
    (["tune", "linear", "--steps", "9", "--free-form", "--keep-steps", "9"], 2, ["keep fewer"]),
    (
      ["tune", "linear", "--steps", "9", "--free-form", "--keep-steps", "3", "--cap", "1e-6"], 2,
      ["below", "raise the cap"]
    ), (["tune", "linear", "--steps", "3e6", "--free-form"], 2, ["3000000", "at most 2000000"]),
    (["robustness", "linear", "--steps", "9", "--rho", "2,0"], 2, ["--rho", "'0': not positive"]),
    (["robustness", "linear"], 2, ["add --steps"]), (["refine", "/no/log"], 3, ["no such file"]),
    (["refine", "-", "--steps", "1e9"], 2, ["--steps", "up to 20000000"]),
    (["robustness", "linear", "--steps", "1e8"], 2, ["100000000 steps", "at most 50000000"]),
    (["refine", "-", "--norm", "l3"], 2, ["--norm 'l3'", "l2 or l1"]),
    (["refine", "-", "--method", "guess"], 2, ["--method 'guess'"]),
    (["frobnicate"], 2, ["frobnicate"]), (["help", "nosuch"], 2, ["'nosuch'", "no such command"]),
    (["help", "model", "optimum"], 2, ["'optimum'", "lrbound model", "did you mean optimal"]),
    (
      ["model", "loss", "linear", "--steps", "9", "--lr", "1", "--cap", "1"], 2, ["--cap", "--lr"]
    ),
    (["model", "scaling", "--features", "100"], 2, ["--features", "leave them out"]),
    (["model", "scaling", "--tail"], 2, ["--tail", "leave them out"]),
    (["search", "con", "--check", "--csv"], 2, ["--csv", "--check", "--json"]),
    (["search", "con", "--project", "--csv"], 2, ["--csv", "--project", "--json"]),
    (["search", "con", "--error", "dkw"], 2, ["--error", "--fresh-seeds"]),
    (["help", "bound", "x"], 2, ["'x'", "no subcommands"]),
    (["model", "lost"], 2, ["'lost'", "did you mean loss"]),
    (["model", "optimal", "--steps", "9", "--colour"], 2, ["see lrbound model optimal --help"]),
    (["--steps", "10", "bound", "linear"], 2, ["see lrbound --help"]),
    (["bound", "linear", "--steps", "5", "--steps", "6"], 2, ["--steps is given twice"]),
    (["bound", "linear", "--steps", "5", "--steps=5"], 2, ["--steps is given twice"]),
    (["search", "--shapes", "2", "--grid", "1,2,2", "--grid", "1,4,2"], 2, ["--grid is given"]),
    (["model", "loss", "linear", "--cap", "1", "--steps", "9", "--cap", "1"], 2, ["--cap is"]),
    (["bound", "linear", "--steps", "9", "--plot", "x.png"], 2, ["--plot 'x.png'", ".svg"]),
    (["bound", "linear", "--steps", "9", "--plot", ""], 2, ["--plot ''", ".svg"]),
    (["tune", "linear", "--steps", "9", "--plot", "-", "--json"], 2, ["--plot -", "--json"]),
    (["schedule", "linear", "--steps", "9", "--plot", "-", "--csv"], 2, ["--plot -", "--csv"]),
    (
      ["bound", "linear", "--steps", "9", "--plot", "/nowhere/a.svg"], 3,
      ["/nowhere/a.svg", "cannot be written", "elsewhere"]
    ),
    (["schedule", "linear", "--steps", "9", "--csv", "--plot", "/nowhere/a.svg"], 3, ["a.svg"]),
    (["bound", "linear", "--steps", "9", "--average-iterate", "--plot", "x.svg"], 2, ["--plot"]),
    (["bound", "linear", "--steps", "6e7", "--plot", "x.svg"], 2, ["at most 50000000"]),
    (["trasnfer", "--from", "x"], 2, ["did you mean transfer"]),
    (["bound", "linear:min-lr=1e-3", "--steps", "9", "--average-iterate"], 2, ["min-lr"]),
    (["schedule", "linear", "--steps", "5,00"], 2, ["--steps '5,00'", "not a number"]),
    (["completion", "tcsh"], 2, ["tcsh", "bash, zsh or fish"]),
    (["bound", "@/no/such/file.csv"], 3, ["/no/such/file.csv", "no such file"]),
    (["bound", "@/tmp"], 3, ["/tmp", "directory"]),
    (["bound", "linear", "--steps", "10", "--gradient-norm", "/no/norms"], 3, ["no such file"]),
    (transfer + ["--sweep", "/no/such/sweep.csv"], 3, ["/no/such/sweep.csv", "no such file"]),
  ]

  @Test(arguments: sampled(commandLines))
  func refused(_ arguments: [String], _ code: Int32, _ pieces: [String]) throws {
    let ending = try #require(Main.ending(of: arguments))
    check(ending.message ?? "", ending.code, code, pieces)
  }

  private func check(_ run: CommandRun, _ code: Int32, _ pieces: [String]) {
    #expect(run.output.isEmpty)
    #expect(run.errors.hasPrefix("lrbound: ") && run.errors.hasSuffix("\n"))
    check(String(run.errors.dropLast()), run.code, code, pieces)
  }

  private func check(_ message: String, _ found: Int32, _ code: Int32, _ pieces: [String]) {
    #expect(found == code, "\(message)")
    #expect(!message.contains("\n") && !message.contains("NaN"), "\(message)")
    for piece in pieces { #expect(message.contains(piece), "\(message)") }
  }

  /// Contents of a schedule file, exit code, pieces of the message.
  static let files: [(String, Int32, [String])] = [
    ("", 3, ["empty"]), ("step,lr\n", 3, ["holds no values"]),
    ("step,lr\n1,1\n2,x\n", 3, ["line 3", "'x'"]), ("1\n-1\n", 3, ["line 2", "-1"]),
    ("1\nnan\n", 3, ["line 2", "nan"]), ("0\n0\n0\n", 3, ["every value is zero"]),
  ]

  @Test(arguments: files)
  func refusedFiles(_ contents: String, _ code: Int32, _ pieces: [String]) throws {
    let file = try TemporaryFile(contents)
    try check(CommandRun(["bound", "@" + file.path]), code, pieces + ["file.csv"])
    try check(CommandRun(["bound", "@-"], input: contents), code, pieces + ["standard input"])
  }

  /// A sweep, further arguments, exit code, pieces of the message.
  static let sweeps: [(String, [String], Int32, [String])] = [
    ("linear,100,1e-3,3\n", [], 3, ["no row is for wsd:cooldown=0.2", "linear at 100"]),
    ("wsd20,100,1e-3,3\n", ["--steps", "200"], 3, ["at 200 steps", "wsd:cooldown=0.2 at 100"]),
    ("wsd20,100,1e-3,3\n", [], 3, ["1 base learning rate", "at least three"]),
    ("wsd20,100,1e-3,nan\nwsd20,100,2e-3,inf\n", [], 3, ["every run diverged"]),
    ("wsd20,9,1,3\nwsd20,9,2,3\nwsd20,9,4,3\n", [], 4, ["no fitted form has a minimum"]),
    ("wsd20,100,1e-3,3\nwsd20,200,1e-3,3\n", [], 2, ["--steps", "100, 200"]),
    ("wsd20,100,one,3\n", [], 3, ["line 2", "'one'"]),
  ]

  @Test(arguments: sweeps)
  func refusedSweeps(
    _ rows: String, _ arguments: [String], _ code: Int32, _ pieces: [String]
  ) throws {
    let file = try TemporaryFile("spec,steps,lr,loss\n" + rows, name: "sweep.csv")
    try check(CommandRun(Self.transfer + ["--sweep", file.path] + arguments), code, pieces)
  }

  /// A sweep that `fit` and `evaluate` can do nothing with, exit codes, pieces of the messages.
  static let unfit: [(String, Int32, [String], Int32, [String])] = [
    ("linear,9,1,3\n", 4, ["no schedule", "at least three"], 3, ["0 cells show", "needs two"]),
    (
      "linear,99,1,3\nlinear,99,2,2.9\nlinear,99,4,3.1\n", 0, [], 3,
      ["1 cell shows an optimum", "another schedule or horizon"]
    ),
  ]

  @Test(.enabled(if: isHeavy), arguments: unfit)
  func unfitSweeps(
    _ rows: String, _ fitCode: Int32, _ fitPieces: [String], _ code: Int32, _ pieces: [String]
  ) throws {
    let file = try TemporaryFile("spec,steps,lr,loss\n" + rows, name: "sweep.csv")
    try check(CommandRun(["evaluate", file.path]), code, pieces)
    if fitCode != 0 { try check(CommandRun(["fit", file.path]), fitCode, fitPieces) }
    let transfer = ["transfer", "--from", "linear", "--to", "wsd20", "--rule", "calibrated"]
    #expect(try CommandRun(transfer + ["--sweep", file.path]).code == 3)
  }

  @Test func aFileOfAnotherLength() throws {
    let file = try TemporaryFile("1\n1\n")
    try check(CommandRun(["bound", "@" + file.path, "--steps", "3"]), 2, ["2 steps, not 3"])
    let norms = try TemporaryFile("1\n1\n")
    for command in ["bound", "tune"] {
      try check(
        CommandRun([command, "linear", "--steps", "3", "--gradient-norm", norms.path]), 3,
        [norms.path, "2 gradient norms", "3 steps"])
    }
  }
}
