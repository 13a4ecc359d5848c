return {
  personas = {
