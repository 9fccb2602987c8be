"""What Nasaq's trainers share: jobs, events, checkpoints, stopping, language-model folders and their ONNX export."""
