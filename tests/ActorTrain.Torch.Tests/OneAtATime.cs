// TorchSharp has one random generator a process. A test that makes a module or draws numbers by itself would draw from
// what an engine of another test has just seeded, and change its weights.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
