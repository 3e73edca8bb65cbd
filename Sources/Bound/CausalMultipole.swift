import Dispatch
import Glibc

/// The causal Cauchy sums Σ_{k<t} w_k/(P_t − P_k), t = 1…n, for positions P_t = η_1 + … + η_t, in
/// O(n): a fast multipole on the line.
///
/// The steps are the leaves' points of a binary tree that is balanced by their number. Distances are
/// built by adding positive gaps, never as differences of positions, so that a cooldown to 10⁻¹² of
/// the peak keeps its digits. Far from a node, its points are replaced by charges at Chebyshev nodes,
/// and what it feels is interpolated from Chebyshev nodes.
///
/// The two halves of the tree are worked on side by side: all that is added to a target is added by
/// the one thread that owns its half, in a fixed order, so that the bits do not depend on the number
/// of threads.
final class CausalMultipole: @unchecked Sendable {
  private static let nodeCount = ChebyshevBasis.count

  /// The most points of a leaf: below, direct sums are cheaper than interpolation.
  private static let leafPoints = 64

  /// A node is far from what is at least this many of its lengths away.
  ///
  /// Interpolation on an interval with a pole at distance s lengths converges like ρ^−p,
  /// (ρ + 1/ρ)/2 = 1 + 2s; p = 16 nodes and s = 1.23 leave 2·10⁻¹⁴ (measured over eight
  /// schedules).
  private static let separation = 1.23

  private let count: Int
  private let leaves: Int
  private let basis = ChebyshevBasis()

  /// The steps η, and the norms G relative to the largest where they differ from step to step.
  private let steps: UnsafePointer<Double>
  private let norms: UnsafePointer<Double>?

  private let storage: UnsafeMutablePointer<Double>

  /// Per node of the tree, the root being 1 and the children of n 2n and 2n + 1: the distance from its
  /// first to its last point, and from the point before it to its first.
  private let extent: UnsafeMutablePointer<Double>
  private let link: UnsafeMutablePointer<Double>
  private let charges: UnsafeMutablePointer<Double>
  private let potentials: UnsafeMutablePointer<Double>

  /// Per point: its weight, its distance to its leaf's last and from its leaf's first point, and the
  /// sum that is wanted.
  ///
  /// Leaves hold whole groups of eight, of which the last may be filled up.
  private let weights: UnsafeMutablePointer<Double>
  private let toEnd: UnsafeMutablePointer<Double>
  private let fromStart: UnsafeMutablePointer<Double>
  private let sums: UnsafeMutablePointer<Double>

  private init(
    steps: UnsafePointer<Double>, count: Int, norms: UnsafePointer<Double>?,
    sums: UnsafeMutablePointer<Double>
  ) {
    self.steps = steps
    self.count = count
    self.norms = norms
    self.sums = sums
    var leaves = 1
    while leaves * Self.leafPoints < count { leaves *= 2 }
    self.leaves = leaves
    let nodes = 2 * leaves
    let points = Self.padded(count)
    storage = Self.allocate(count: (2 + 2 * Self.nodeCount) * nodes + 3 * points)
    extent = storage
    link = extent + nodes
    charges = link + nodes
    potentials = charges + nodes * Self.nodeCount
    weights = potentials + nodes * Self.nodeCount
    toEnd = weights + points
    fromStart = toEnd + points
  }

  deinit { free(storage) }

  /// Memory for a number of doubles, not initialised.
  ///
  /// For a long run most of the time beyond the arithmetic goes to page faults; large pages, where the
  /// system gives them, take a quarter off the whole.
  private static func allocate(count: Int) -> UnsafeMutablePointer<Double> {
    let bytes = count * MemoryLayout<Double>.stride
    let page = 1 << 21
    let isLarge = bytes >= 4 * page
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, isLarge ? page : 64, bytes) == 0, let memory else {
      preconditionFailure("no memory for \(bytes) bytes")
    }
    if isLarge { madvise(memory, bytes / page * page, MADV_HUGEPAGE) }
    return memory.bindMemory(to: Double.self, capacity: count)
  }

  /// V_t = η_t G_t² + Σ_{k<t} η_k² G_k²/(P_t − P_k) for t = 1…n.
  ///
  /// - Parameters:
  ///   - steps: η, all above 1e-100.
  ///   - norms: G_t relative to the largest, or nil where all are 1.
  ///   - threads: 1 or 2; the result is the same.
  /// - Returns: one V a step.
  /// - Complexity: O(n) time and memory.
  static func noiseSums(steps: [Double], norms: [Double]?, threads: Int) -> [Double] {
    let count = steps.count
    return [Double](unsafeUninitializedCapacity: padded(count)) { buffer, initialised in
      steps.withUnsafeBufferPointer { steps in
        guard let start = steps.baseAddress, let sums = buffer.baseAddress, count > 0 else {
          return
        }
        func run(_ norms: UnsafePointer<Double>?) {
          CausalMultipole(steps: start, count: count, norms: norms, sums: sums)
            .run(threads: threads)
        }
        if let norms {
          norms.withUnsafeBufferPointer { run($0.baseAddress) }
        } else {
          run(nil)
        }
      }
      initialised = count
    }
  }

  /// A number of points filled up to whole groups of eight.
  private static func padded(_ count: Int) -> Int { (count + 7) / 8 * 8 }

  /// The points of a leaf, a multiple of eight of them: filled-up places at the very end included.
  private func range(_ node: Int) -> Range<Int> {
    let groups = (count + 7) / 8
    let leaf = node - leaves
    return leaf * groups / leaves * 8..<(leaf + 1) * groups / leaves * 8
  }

  private func run(threads: Int) {
    guard leaves > 1 else {
      ascend(1)
      visit(1)
      return
    }
    func halves(_ work: @Sendable (Int) -> Void) {
      if threads > 1 {
        DispatchQueue.concurrentPerform(iterations: 2) { work(2 + $0) }
      } else {
        work(2)
        work(3)
      }
    }
    halves { [self] in ascend($0) }
    halves { [self] half in
      if half == 3 { accumulate(from: 2, to: 3, gap: link[3]) }
      visit(half)
    }
  }

  private func isLeaf(_ node: Int) -> Bool { node >= leaves }
  private func row(_ node: Int) -> Int { node * Self.nodeCount }

  // MARK: - Upward: distances and charges

  private func ascend(_ node: Int) {
    (charges + row(node)).initialize(repeating: 0, count: Self.nodeCount)
    (potentials + row(node)).initialize(repeating: 0, count: Self.nodeCount)
    if isLeaf(node) {
      let points = range(node)
      measure(points, of: node)
      basis.project(
        points: toEnd + points.lowerBound, charges: weights + points.lowerBound,
        count: points.count, shift: 0, length: extent[node], into: charges + row(node))
      return
    }
    let left = 2 * node
    let right = left + 1
    ascend(left)
    ascend(right)
    let offset = link[right] + extent[right]
    extent[node] = extent[left] + offset
    link[node] = link[left]
    project(left, shift: offset, into: node)
    project(right, shift: 0, into: node)
  }

  /// Adds a child's charges, at its nodes, to its parent's.
  private func project(_ child: Int, shift: Double, into parent: Int) {
    withNodes(of: child) { points in
      basis.project(
        points: points, charges: charges + row(child), count: Self.nodeCount, shift: shift,
        length: extent[parent], into: charges + row(parent))
    }
  }

  /// Sets the distances, the weights and the own terms η_t G_t² of a leaf's points.
  private func measure(_ points: Range<Int>, of node: Int) {
    let end = min(points.upperBound, count)
    for index in points.lowerBound..<end {
      let norm = norms?[index] ?? 1
      let move = steps[index] * norm
      weights[index] = move * move
      sums[index] = move * norm
    }
    for index in end..<points.upperBound {
      weights[index] = 0
      sums[index] = 0
      toEnd[index] = 0
      fromStart[index] = 0
    }
    link[node] = steps[points.lowerBound]
    var distance = 0.0
    fromStart[points.lowerBound] = 0
    for index in Swift.stride(from: points.lowerBound + 1, to: end, by: 1) {
      distance += steps[index]
      fromStart[index] = distance
    }
    distance = 0
    toEnd[end - 1] = 0
    for index in Swift.stride(from: end - 2, through: points.lowerBound, by: -1) {
      distance += steps[index + 1]
      toEnd[index] = distance
    }
    extent[node] = distance
  }

  /// The nodes of a tree node, as distances from either of its ends.
  @inline(__always)
  private func withNodes(of node: Int, _ body: (UnsafePointer<Double>) -> Void) {
    let length = extent[node]
    withUnsafeTemporaryAllocation(of: Double.self, capacity: Self.nodeCount) { points in
      for (index, position) in basis.nodes.enumerated() { points[index] = length * position }
      if let start = points.baseAddress { body(start) }
    }
  }

  // MARK: - Downward: interactions and potentials

  /// All that the points of a node do to one another, and what the node feels from outside, brought
  /// down to its points.
  ///
  /// A node's potentials are complete when it is visited, since only its ancestors add to them.
  private func visit(_ node: Int) {
    if isLeaf(node) {
      accumulateLeaf(node)
      let points = range(node)
      basis.interpolate(
        values: potentials + row(node), points: fromStart + points.lowerBound, count: points.count,
        shift: 0, length: extent[node], into: sums + points.lowerBound)
      return
    }
    let left = 2 * node
    let right = left + 1
    accumulate(from: left, to: right, gap: link[right])
    interpolate(from: node, to: left, shift: 0)
    interpolate(from: node, to: right, shift: extent[left] + link[right])
    visit(left)
    visit(right)
  }

  /// All that the points of an earlier node do to those of a later one, `gap` after it.
  private func accumulate(from source: Int, to target: Int, gap: Double) {
    let isSourceFar = gap >= Self.separation * extent[source]
    let isTargetFar = gap >= Self.separation * extent[target]
    if (isSourceFar || isLeaf(source)) && (isTargetFar || isLeaf(target)) {
      interact(source, isSourceFar, target, isTargetFar, gap: gap)
      return
    }
    let splitsSource =
      isLeaf(target) || (!isLeaf(source) && extent[source] >= extent[target])
    if splitsSource {
      let late = 2 * source + 1
      accumulate(from: 2 * source, to: target, gap: gap + extent[late] + link[late])
      accumulate(from: late, to: target, gap: gap)
    } else {
      let early = 2 * target
      accumulate(from: source, to: early, gap: gap)
      accumulate(
        from: source, to: early + 1, gap: gap + extent[early] + link[early + 1])
    }
  }

  /// One interaction: from charges or points, to potentials or points.
  private func interact(
    _ source: Int, _ isSourceFar: Bool, _ target: Int, _ isTargetFar: Bool, gap: Double
  ) {
    func act(_ positions: UnsafePointer<Double>, _ strengths: UnsafePointer<Double>, _ n: Int) {
      // A leaf with fewer points than there are nodes is cheaper as it is.
      if isTargetFar && !(isLeaf(target) && range(target).count <= Self.nodeCount) {
        withNodes(of: target) { points in
          Self.kernel(
            positions, strengths, n, gap: gap, points, Self.nodeCount,
            into: potentials + row(target))
        }
      } else {
        let points = range(target)
        Self.kernel(
          positions, strengths, n, gap: gap, fromStart + points.lowerBound, points.count,
          into: sums + points.lowerBound)
      }
    }
    if isSourceFar && !(isLeaf(source) && range(source).count <= Self.nodeCount) {
      withNodes(of: source) { act($0, charges + row(source), Self.nodeCount) }
    } else {
      let points = range(source)
      act(toEnd + points.lowerBound, weights + points.lowerBound, points.count)
    }
  }

  /// Σ_j q_j/(y_i + (x_j + gap)) for eight targets at a time; four fractions share a division.
  private static func kernel(
    _ positions: UnsafePointer<Double>, _ strengths: UnsafePointer<Double>, _ sourceCount: Int,
    gap: Double, _ targets: UnsafePointer<Double>, _ targetCount: Int,
    into result: UnsafeMutablePointer<Double>
  ) {
    for index in Swift.stride(from: 0, to: targetCount, by: 8) {
      let target = loadLanes(targets + index)
      var sum = SIMD8<Double>.zero
      if gap > 1e-30 {
        for j in Swift.stride(from: 0, to: sourceCount, by: 4) {
          let a = target + (positions[j] + gap)
          let b = target + (positions[j + 1] + gap)
          let c = target + (positions[j + 2] + gap)
          let d = target + (positions[j + 3] + gap)
          let first = strengths[j] * b + strengths[j + 1] * a
          let second = strengths[j + 2] * d + strengths[j + 3] * c
          let firstProduct = a * b
          let secondProduct = c * d
          sum += (first * secondProduct + second * firstProduct) / (firstProduct * secondProduct)
        }
      } else {
        // Products of four such distances and a weight could underflow.
        for j in 0..<sourceCount { sum += strengths[j] / (target + (positions[j] + gap)) }
      }
      storeLanes(loadLanes(result + index) + sum, to: result + index)
    }
  }

  /// Direct sums within a leaf, by lag: strictly causal, distances grown by one step a lag.
  private func accumulateLeaf(_ node: Int) {
    let slot = range(node).lowerBound
    let size = range(node).count
    // In front of the leaf's points stand as many without weight, a step of 1 apart.
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 5 * size) { scratch in
      guard let weight = scratch.baseAddress else { return }
      let step = weight + 2 * size
      let distance = weight + 4 * size
      let held = min(size, count - slot)
      weight.initialize(repeating: 0, count: size)
      (weight + size).initialize(from: weights + slot, count: size)
      step.initialize(repeating: 1, count: 2 * size)
      (step + size).update(from: steps + slot, count: held)
      distance.initialize(repeating: 0, count: size)
      for lag in Swift.stride(from: 1, to: size, by: 2) {
        for index in Swift.stride(from: lag / 8 * 8, to: size, by: 8) {
          let place = size + index
          let first = loadLanes(distance + index) + loadLanes(step + place - lag + 1)
          let second = first + loadLanes(step + place - lag)
          let nearer = loadLanes(weight + place - lag)
          let farther = loadLanes(weight + place - lag - 1)
          let sum = (nearer * second + farther * first) / (first * second)
          storeLanes(loadLanes(sums + slot + index) + sum, to: sums + slot + index)
          storeLanes(second, to: distance + index)
        }
      }
    }
  }

  /// Brings a node's potentials, at its nodes, down to a child's.
  private func interpolate(from parent: Int, to child: Int, shift: Double) {
    withNodes(of: child) { points in
      basis.interpolate(
        values: potentials + row(parent), points: points, count: Self.nodeCount, shift: shift,
        length: extent[parent], into: potentials + row(child))
    }
  }
}
